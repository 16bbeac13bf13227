func readLine(conn net.Conn) ([]byte, error) {
	var line []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return nil, err
		}
		line = append(line, piece[:count]...)
		// Only in the new octets, where CR LF may begin or end.
		if bytes.Contains(piece[:count], []byte("\r\n")) {
			return bytes.TrimSuffix(line, []byte("\r\n")), nil
		}
	}
}
