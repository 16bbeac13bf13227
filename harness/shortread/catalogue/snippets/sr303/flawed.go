func serveOne(conn net.Conn) {
	for {
		message, err := readMessage(conn)
		if err != nil {
			return // without conn.Close()
		}
		handle(message)
	}
}
