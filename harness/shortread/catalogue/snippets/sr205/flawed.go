func serve(conn net.Conn, handle func([]byte)) error {
	var buffer []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return err
		}
		buffer = append(buffer, piece[:count]...)
		for end := frameEnd(buffer); end > 0; end = frameEnd(buffer) {
			handle(buffer[2:end])
			end++ // skips the first octet of the next message
			buffer = buffer[min(end, len(buffer)):]
		}
	}
}
