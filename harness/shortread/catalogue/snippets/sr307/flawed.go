func serve(conn io.Reader, handle func(string)) error {
	var buffer []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return err // count may be more than 0, behind TLS for example
		}
		buffer = handleLines(append(buffer, piece[:count]...), handle)
	}
}
