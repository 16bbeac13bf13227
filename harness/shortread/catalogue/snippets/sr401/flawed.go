func send(conn net.Conn, text string) error {
	length := uint16(utf8.RuneCountInString(text)) // characters, not octets
	frame := binary.BigEndian.AppendUint16(nil, length)
	_, err := conn.Write(append(frame, text...))
	return err
}
