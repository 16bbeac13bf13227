func askAll(conn net.Conn, requests []byte, count int) error {
	written := make(chan error, 1)
	go func() { // writes while the replies are read
		_, err := conn.Write(requests)
		written <- err
	}()
	for read := 0; read < count; read++ {
		reply, err := readMessage(conn)
		if err != nil {
			return err
		}
		handle(reply)
	}
	return <-written
}
