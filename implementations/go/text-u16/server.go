// Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.
package main

import (
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"unicode/utf8"
)

func receiveMessage(conn io.Reader) (string, error) {
	var header [2]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return "", err
	}
	body := make([]byte, binary.BigEndian.Uint16(header[:]))
	if _, err := io.ReadFull(conn, body); err != nil {
		return "", err
	}
	if !utf8.Valid(body) {
		return "", errors.New("not UTF-8")
	}
	return string(body), nil
}

func sendMessage(conn io.Writer, message string) error {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(message)))
	_, err := conn.Write(append(frame, message...))
	return err
}

// serve echoes messages until the stream ends, the client vanishes or what it sends is not UTF-8.
func serve(conn net.Conn) {
	defer conn.Close()
	for {
		message, err := receiveMessage(conn)
		if err != nil {
			return
		}
		if err := sendMessage(conn, message); err != nil {
			return
		}
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go serve(conn)
	}
}
