func serveAll(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go serveOne(conn)
	}
}

func serveOne(conn net.Conn) {
	defer conn.Close() // however the function is left
	if err := serve(conn); err != nil {
		log.Print("a client was lost: ", err)
	}
}
