func serveAll(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		serveOne(conn) // without "go": nobody else until this one is done
	}
}
