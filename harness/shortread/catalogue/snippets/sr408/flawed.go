func readMessage(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(strings.TrimSpace(line)) // "+5", "05", "-5"
	if err != nil {
		return nil, err
	}
	body := make([]byte, length+1) // panics for some of them
	_, err = io.ReadFull(reader, body)
	return body[:length], err
}
