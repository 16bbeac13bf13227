func readMessage(conn net.Conn) ([]byte, error) {
	var header [2]byte
	// The count is thrown away, and may be 1.
	if _, err := conn.Read(header[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(header[:]))
	_, err := io.ReadFull(conn, message)
	return message, err
}
