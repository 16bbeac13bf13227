func serve(conn net.Conn, handle func([]byte)) error {
	var buffer []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return err
		}
		buffer = append(buffer, piece[:count]...)
		if end := bytes.LastIndex(buffer, []byte("\r\n")); end >= 0 { // the last one, where the first is meant
			handle(buffer[:end])
			buffer = buffer[end+2:]
		}
	}
}
