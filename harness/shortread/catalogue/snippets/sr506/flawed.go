func serveOne(conn net.Conn, request []byte) error {
	body, err := answerOrFail(request)
	if err != nil {
		_, err = io.WriteString(conn, err.Error()) // without its length
		return err
	}
	_, err = conn.Write(encode(body))
	return err
}
