func serve(conn net.Conn) error {
	for {
		conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		message, err := readMessage(conn)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue // and what it had read of the message is gone
		}
		if err != nil {
			return err
		}
		handle(message)
	}
}
