func serve(conn net.Conn, handle func(string)) error {
	reader := bufio.NewReader(conn) // one for the whole connection
	var line []byte
	for {
		piece, err := reader.ReadBytes('\n')
		line = append(line, piece...)
		if err != nil {
			return err // with an unfinished line, if there is one
		}
		if bytes.HasSuffix(line, []byte("\r\n")) {
			handle(string(line[:len(line)-2]))
			line = nil
		}
	}
}
