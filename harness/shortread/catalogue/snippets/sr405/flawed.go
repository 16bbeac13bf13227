func serve(conn net.Conn, handle func([]byte)) error {
	for {
		var header [2]byte
		if _, err := io.ReadFull(conn, header[:]); err != nil {
			return err
		}
		length := binary.BigEndian.Uint16(header[:])
		if length == 0 {
			return nil // an empty message is not the end
		}
		message := make([]byte, length)
		if _, err := io.ReadFull(conn, message); err != nil {
			return err
		}
		handle(message)
	}
}
