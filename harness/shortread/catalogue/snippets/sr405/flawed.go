func serve(conn net.Conn, handle func([]byte)) error {
	for {
		message, err := readMessage(conn)
		if err != nil {
			return err
		}
		if len(message) == 0 {
			return nil // an empty message is not the end
		}
		handle(message)
	}
}
