func readMessage(conn net.Conn) ([]byte, error) {
	conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	frame, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) && len(frame) > 2 {
		return frame[2:], nil // a pause, taken for the end of the message
	}
	return nil, err
}
