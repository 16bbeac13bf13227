func readMessage(conn net.Conn) ([]byte, error) {
	header, err := readExactly(conn, 2)
	if err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint16(header) // the network's is big
	return readExactly(conn, int(length))
}
