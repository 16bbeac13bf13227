func serve(conn net.Conn, handle func(string)) error {
	var buffer []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return err
		}
		buffer = append(buffer, piece[:count]...)
		// Takes one line; a second one waits until more comes.
		if end := bytes.Index(buffer, []byte("\r\n")); end >= 0 {
			handle(string(buffer[:end]))
			buffer = buffer[end+2:]
		}
	}
}
