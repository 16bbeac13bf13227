func serve(conn *net.TCPConn) error {
	defer conn.Close()
	request, err := readMessage(conn)
	if err != nil {
		return err
	}
	// A client that has half-closed the connection still reads.
	if _, err := conn.Write(answer(request)); err != nil {
		return err
	}
	if err := conn.CloseWrite(); err != nil { // says that this was all
		return err
	}
	_, err = io.Copy(io.Discard, conn) // and reads until the client agrees
	return err
}
