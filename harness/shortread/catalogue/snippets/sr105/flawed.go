func readLine(conn net.Conn) ([]byte, error) {
	var line []byte
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			return nil, err
		}
		line = append(line, piece[:count]...)
		if bytes.Contains(piece[:count], []byte("\r\n")) { // only in the new octets
			return bytes.TrimSuffix(line, []byte("\r\n")), nil
		}
	}
}
