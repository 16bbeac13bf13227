func broadcast(clients []chan []byte, frame []byte) {
	for _, replies := range clients {
		select {
		case replies <- frame:
		default: // a slow client misses what was meant for it
		}
	}
}
