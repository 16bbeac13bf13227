func serve(conn net.Conn, handle func(string)) error {
	var text []rune
	piece := make([]byte, 1024)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			handle(string(text))
			return err
		}
		// U+FFFD for each half of a character.
		text = append(text, []rune(string(piece[:count]))...)
	}
}
