func serve(conn net.Conn, handle func(string)) error {
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		// Takes what the sender meant as well.
		handle(strings.TrimSpace(lines.Text()))
	}
	return lines.Err()
}
