func readLine(conn net.Conn) (string, error) {
	reader := bufio.NewReader(conn) // a new one for every line: what the last one had read ahead is gone
	line, err := reader.ReadString('\n')
	return strings.TrimSuffix(line, "\r\n"), err
}
