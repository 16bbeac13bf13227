// Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back.
//
// Broken on purpose: what one read gives is taken for the whole answer.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strings"
)

const maxFrame = 1024 + 2

var messages = []string{"hello", "", "naïve €"}

func receiveMessage(conn net.Conn) (string, error) {
	frame := make([]byte, maxFrame)
	size, err := conn.Read(frame) // BUG: it may be a part of the answer
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(frame[:size]), "\r\n"), nil
}

// ask sends each message, and waits for it to come back before the next.
func ask(conn net.Conn) error {
	for _, message := range messages {
		if _, err := fmt.Fprintf(conn, "%s\r\n", message); err != nil {
			return err
		}
		answer, err := receiveMessage(conn)
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
