func readExactly(conn net.Conn, size int) []byte {
	buffer := make([]byte, size)
	for used := 0; used < size; {
		count, _ := conn.Read(buffer[used:]) // 0 for ever, at the end
		used += count
	}
	return buffer
}
