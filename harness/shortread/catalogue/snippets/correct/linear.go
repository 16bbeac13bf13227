func readLine(reader *bufio.Reader) ([]byte, error) {
	// Searches every octet once, and joins the pieces at the end.
	line, err := reader.ReadBytes('\n')
	if err != nil {
		return nil, err // and an unfinished line is none
	}
	return line[:len(line)-1], nil
}
