func serveAll(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer conn.Close()
			if err := serve(conn); err != nil {
				log.Fatal(err) // ends the service for everybody
			}
		}()
	}
}
