func serve(conn net.Conn, handle func(string)) error {
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		handle(lines.Text()) // with a backslash where one was added
	}
	return lines.Err()
}
