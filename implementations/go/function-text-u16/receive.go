// Reads text messages from a socket: two bytes of length, then that many bytes of UTF-8.
package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"unicode/utf8"
)

// Receive returns the next message; io.EOF at the end.
func Receive(conn net.Conn) (string, error) {
	var header [2]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return "", err
	}
	text := make([]byte, binary.BigEndian.Uint16(header[:]))
	if _, err := io.ReadFull(conn, text); err != nil {
		return "", err
	}
	if !utf8.Valid(text) {
		return "", errors.New("not UTF-8")
	}
	return string(text), nil
}
