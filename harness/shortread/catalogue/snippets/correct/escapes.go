var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace

func readLine(reader *bufio.Reader) (string, error) {
	line, err := reader.ReadString('\n') // first the whole line
	if err != nil {
		return "", err // and an unfinished line is none
	}
	return unescape(line[:len(line)-1]), nil // once, as a whole
}
