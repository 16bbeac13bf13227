// Echo server for netstrings: a decimal length, a colon, that many bytes, a comma, as in `5:hello,`.
//
// Broken on purpose: the body is taken from one Read.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
)

const maxLength = 65536

var errMalformed = errors.New("not a netstring")

// receiveLength reads a length and its colon.
func receiveLength(reader *bufio.Reader) (int, error) {
	length := 0
	for digits := 0; ; digits++ {
		c, err := reader.ReadByte()
		if err != nil {
			return 0, err
		}
		if c == ':' && digits > 0 {
			return length, nil
		}
		leadingZero := digits > 0 && length == 0
		if c < '0' || c > '9' || leadingZero {
			return 0, errMalformed
		}
		length = 10*length + int(c-'0')
		if length > maxLength {
			return 0, errMalformed
		}
	}
}

func receiveMessage(reader *bufio.Reader) ([]byte, error) {
	length, err := receiveLength(reader)
	if err != nil {
		return nil, err
	}
	body := make([]byte, length+1)               // with the comma
	if _, err := reader.Read(body); err != nil { // BUG: Read may give less than it has room for
		return nil, err
	}
	if body[length] != ',' {
		return nil, errMalformed
	}
	return body[:length], nil
}

// serve echoes messages until the stream ends, the client vanishes or what it sends is malformed.
func serve(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		message, err := receiveMessage(reader)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(conn, "%d:%s,", len(message), message); err != nil {
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
