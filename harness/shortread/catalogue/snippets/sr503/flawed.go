func askAll(conn net.Conn, requests []byte, count int) error {
	// The replies fill the connection while nobody reads them.
	if _, err := conn.Write(requests); err != nil {
		return err
	}
	for read := 0; read < count; read++ {
		reply, err := readMessage(conn)
		if err != nil {
			return err
		}
		handle(reply)
	}
	return nil
}
