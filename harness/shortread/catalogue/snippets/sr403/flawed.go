func readMessage(conn net.Conn) ([]byte, error) {
	var length int16 // negative above 32,767: make panics
	if err := binary.Read(conn, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	message := make([]byte, length)
	_, err := io.ReadFull(conn, message)
	return message, err
}
