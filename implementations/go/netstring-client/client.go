// Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

const maxLength = 65536

var (
	messages     = []string{"hello", "", "naïve €"}
	errMalformed = errors.New("not a netstring")
)

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

func receiveMessage(reader *bufio.Reader) (string, error) {
	length, err := receiveLength(reader)
	if err != nil {
		return "", err
	}
	body := make([]byte, length+1) // with the comma
	if _, err := io.ReadFull(reader, body); err != nil {
		return "", err
	}
	if body[length] != ',' {
		return "", errMalformed
	}
	return string(body[:length]), nil
}

// ask sends each message, and waits for it to come back before the next.
func ask(conn net.Conn) error {
	reader := bufio.NewReader(conn) // one for all answers: it may hold a part of the next
	for _, message := range messages {
		if _, err := fmt.Fprintf(conn, "%d:%s,", len(message), message); err != nil {
			return err
		}
		answer, err := receiveMessage(reader)
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

func main() {
	conn, err := net.Dial("tcp", net.JoinHostPort(os.Args[1], os.Args[2]))
	if err != nil {
		log.Fatal(err)
	}
	err = ask(conn)
	conn.Close()
	if err != nil {
		log.Fatal("no answer: ", err)
	}
}
