// The reader is one for the connection, of the size of the longest frame:
// bufio.NewReaderSize(conn, 2+65535). What it holds outlives a timeout.
func readMessage(reader *bufio.Reader) ([]byte, error) {
	header, err := reader.Peek(2) // looks, and takes nothing
	if err != nil {
		return nil, err
	}
	end := 2 + int(binary.BigEndian.Uint16(header))
	frame, err := reader.Peek(end)
	if err != nil {
		return nil, err // os.ErrDeadlineExceeded: call it again
	}
	message := append([]byte{}, frame[2:]...)
	_, err = reader.Discard(end)
	return message, err
}
