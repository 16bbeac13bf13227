func serve(conn net.Conn) error {
	request, err := readMessage(conn)
	if err != nil {
		return err
	}
	go func() {
		conn.Read(make([]byte, 1)) // "tells when the client is gone":
		conn.Close()               // it only sends no more
	}()
	_, err = conn.Write(answer(request))
	return err
}
