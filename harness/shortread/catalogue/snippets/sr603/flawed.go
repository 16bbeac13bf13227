var clients = map[net.Conn]bool{}

func serveAll(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		clients[conn] = true // and nothing ever deletes it
		go serveOne(conn)
	}
}
