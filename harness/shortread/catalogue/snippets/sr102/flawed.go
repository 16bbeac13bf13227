func readMessage(conn net.Conn) ([]byte, error) {
	var header [2]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(header[:]))
	_, err := conn.Read(message) // as few as one octet; the rest stays zero
	return message, err
}
