func readMessage(conn net.Conn) ([]byte, error) {
	header, err := readExactly(conn, 2)
	if err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint16(header))
	return readExactly(conn, length-2) // it does not count itself
}
