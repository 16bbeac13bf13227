func serve(conn net.Conn, handle func(string)) error {
	packet := make([]byte, 1024)
	for {
		count, err := conn.Read(packet)
		if err != nil {
			return err
		}
		// One read, one message.
		handle(strings.TrimRight(string(packet[:count]), "\r\n"))
	}
}
