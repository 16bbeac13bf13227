func readMessage(reader *bufio.Reader) ([]byte, error) {
	var length int
	if _, err := fmt.Fscanf(reader, "%d\n", &length); err != nil {
		return nil, err
	}
	var buffer [1024]byte
	message := buffer[:min(length, len(buffer))] // the rest is left behind
	if _, err := io.ReadFull(reader, message); err != nil {
		return nil, err
	}
	_, err := reader.Discard(1)
	return message, err
}
