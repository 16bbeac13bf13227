func serve(conn net.Conn, handle func(string)) error {
	reader := bufio.NewReader(conn)
	for {
		line, err := reader.ReadString('\n')
		handle(strings.TrimSuffix(line, "\r\n")) // once more, at the end
		if err != nil {
			return err
		}
	}
}
