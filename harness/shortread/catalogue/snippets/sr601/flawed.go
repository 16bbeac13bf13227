var buffer []byte // of the package: one for all connections

func serve(conn net.Conn, handle func(string)) error {
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return err
		}
		buffer = handleLines(append(buffer, piece[:count]...), handle)
	}
}
