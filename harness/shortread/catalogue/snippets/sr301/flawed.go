func readMessage(conn net.Conn) ([]byte, error) {
	var header [2]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint16(header[:])
	// Fewer where the stream ends, and no error.
	return io.ReadAll(io.LimitReader(conn, int64(length)))
}
