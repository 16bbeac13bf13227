// Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

var (
	messages = []string{"hello", "", "naïve €"}
	crlf     = []byte("\r\n")
)

// splitAtCRLF is a bufio.SplitFunc; a message that the end of the stream cuts short is dropped.
func splitAtCRLF(data []byte, atEOF bool) (advance int, message []byte, err error) {
	end := bytes.Index(data, crlf)
	if end < 0 {
		return 0, nil, nil
	}
	return end + len(crlf), data[:end], nil
}

// ask sends each message, and waits for it to come back before the next.
func ask(conn net.Conn) error {
	scanner := bufio.NewScanner(conn)
	scanner.Split(splitAtCRLF)
	for _, message := range messages {
		if _, err := fmt.Fprintf(conn, "%s\r\n", message); err != nil {
			return err
		}
		if !scanner.Scan() {
			if err := scanner.Err(); err != nil {
				return err
			}
			return io.ErrUnexpectedEOF
		}
		fmt.Println(scanner.Text())
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
