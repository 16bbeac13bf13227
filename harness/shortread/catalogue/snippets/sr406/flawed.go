func readMessage(reader *bufio.Reader) (string, error) {
	// The length, which nobody looks at.
	if _, err := reader.ReadString('\n'); err != nil {
		return "", err
	}
	body, err := reader.ReadString('\n') // may end inside the body
	return strings.TrimSuffix(body, "\n"), err
}
