func serve(conn net.Conn, handle func(string)) error {
	var buffer []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return err
		}
		buffer = append(buffer, piece[:count]...)
		if bytes.HasSuffix(buffer, []byte("\r\n")) { // only at the end
			handle(string(buffer[:len(buffer)-2]))
			buffer = nil
		}
	}
}
