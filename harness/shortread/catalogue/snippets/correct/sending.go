type sender struct {
	lock sync.Mutex
	conn net.Conn
}

func (s *sender) send(text string) error {
	if len(text) > math.MaxUint16 { // len counts octets
		return errors.New("the text is too long")
	}
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(text)))
	s.lock.Lock() // one frame after the other, whoever sends it
	defer s.lock.Unlock()
	_, err := s.conn.Write(append(frame, text...)) // all, or an error
	return err
}
