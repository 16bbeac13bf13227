func serve(conn net.Conn) error {
	chunk := make([]byte, 1024)
	for {
		count, err := conn.Read(chunk)
		if err != nil {
			return err
		}
		conn.Write(chunk[:count]) // an echo of reads, not of messages
	}
}
