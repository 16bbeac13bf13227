func send(fd int, frame []byte) error {
	// Unlike conn.Write, returns how many octets were taken.
	_, err := syscall.Write(fd, frame)
	return err
}
