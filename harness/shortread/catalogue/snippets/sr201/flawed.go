func readLine(conn net.Conn) (string, error) {
	// A new one for each line: what the last one read ahead is gone.
	reader := bufio.NewReader(conn)
	line, err := reader.ReadString('\n')
	return strings.TrimSuffix(line, "\r\n"), err
}
