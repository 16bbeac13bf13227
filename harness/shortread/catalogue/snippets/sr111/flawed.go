func serve(conn net.Conn, handle func(string)) error {
	line, chunk := "", make([]byte, 1024)
	for {
		count, err := conn.Read(chunk)
		if err != nil {
			return err
		}
		parts := strings.Split(string(chunk[:count]), "\n")
		line += unescape(parts[0]) // may begin or end inside an escape
		for _, next := range parts[1:] {
			handle(line)
			line = unescape(next)
		}
	}
}
