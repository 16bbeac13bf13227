func readMessage(conn net.Conn) ([]byte, error) {
	header, err := readExactly(conn, 2)
	if err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(header))
	for used := 0; used < len(message); {
		count, err := conn.Read(message[:len(message)-used]) // not [used:]
		if err != nil {
			return nil, err
		}
		used += count
	}
	return message, nil
}
