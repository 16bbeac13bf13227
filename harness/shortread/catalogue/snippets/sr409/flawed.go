func readMessage(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadString('\n') // without an end it fills memory
	if err != nil {
		return nil, err
	}
	length, err := strconv.ParseUint(strings.TrimSuffix(line, "\n"), 10, 63)
	if err != nil {
		return nil, err
	}
	body := make([]byte, length) // as many as a stranger has asked for
	_, err = io.ReadFull(reader, body)
	return body, err
}
