func readLine(conn net.Conn) (string, error) {
	line := ""
	piece := make([]byte, 1024)
	for !strings.Contains(line, "\n") { // from the start, every time
		count, err := conn.Read(piece)
		if err != nil {
			return "", err
		}
		line += string(piece[:count]) // copies all that has come before
	}
	return strings.TrimSuffix(line, "\n"), nil
}
