func refuse(conn net.Conn, reply []byte) {
	conn.Write(reply)
	conn.Close() // with the rest of the request unread: sends a reset
}
