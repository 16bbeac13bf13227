func serve(conn net.Conn) error {
	out := bufio.NewWriter(conn)
	for {
		request, err := readMessage(conn)
		if err != nil {
			return err
		}
		out.Write(encode(answer(request))) // never flushed
	}
}
