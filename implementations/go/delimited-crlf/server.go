// Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.
package main

import (
	"bufio"
	"bytes"
	"log"
	"net"
	"os"
)

const maxLength = 1024

var crlf = []byte("\r\n")

// splitAtCRLF is a bufio.SplitFunc; a message that the end of the stream cuts short is dropped.
func splitAtCRLF(data []byte, atEOF bool) (advance int, message []byte, err error) {
	end := bytes.Index(data, crlf)
	if end < 0 {
		return 0, nil, nil
	}
	return end + len(crlf), data[:end], nil
}

// serve echoes messages until the stream ends, the client vanishes or a message is too long.
func serve(conn net.Conn) {
	defer conn.Close()
	const maxFrame = maxLength + 2
	scanner := bufio.NewScanner(conn)
	scanner.Buffer(make([]byte, maxFrame), maxFrame)
	scanner.Split(splitAtCRLF)
	for scanner.Scan() {
		frame := append(bytes.Clone(scanner.Bytes()), crlf...)
		if _, err := conn.Write(frame); err != nil {
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
