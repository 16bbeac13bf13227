func send(conn net.Conn, body []byte) error { // from any goroutine
	length := uint16(len(body))
	if err := binary.Write(conn, binary.BigEndian, length); err != nil {
		return err
	}
	_, err := conn.Write(body) // another one's header may come before it
	return err
}
