func readExactly(conn net.Conn, size int) []byte {
	buffer := make([]byte, size)
	for used := 0; used < size; {
		count, _ := conn.Read(buffer[used:]) // 0 and io.EOF for ever, once the stream has ended
		used += count
	}
	return buffer
}
