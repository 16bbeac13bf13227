func readLine(conn net.Conn) (string, error) {
	var line []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return "", err
		}
		line = append(line, piece[:count]...)
		if count < len(piece) { // "that was all"
			return strings.TrimSuffix(string(line), "\r\n"), nil
		}
	}
}
