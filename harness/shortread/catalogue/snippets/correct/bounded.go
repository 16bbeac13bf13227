var lengthLine = regexp.MustCompile(`^(0|[1-9][0-9]{0,4})\n$`) // < 100,000

// The reader is one for all lengths and bodies of the connection.
func readMessage(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadSlice('\n') // no more than the reader can hold
	if err != nil {
		return nil, err
	}
	if !lengthLine.Match(line) {
		return nil, fmt.Errorf("expected a length, found %q", line)
	}
	length, _ := strconv.Atoi(string(line[:len(line)-1]))
	body := make([]byte, length+1)
	if _, err := io.ReadFull(reader, body); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if body[length] != '\n' {
		return nil, errors.New("expected a line end behind the body")
	}
	return body[:length], nil
}
