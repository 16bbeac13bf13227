func readMessage(conn net.Conn) ([]byte, error) {
	var header [2]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return nil, err // io.EOF only between two messages
	}
	message := make([]byte, binary.BigEndian.Uint16(header[:]))
	_, err := io.ReadFull(conn, message)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return message, err
}
