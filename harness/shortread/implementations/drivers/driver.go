// A server around a Go function that reads messages: each connection is given to it, in a goroutine of its own.
//
// Built beside the submission, which is `package main`, with RECEIVE replaced by the name of the function and STYLE by
// the style in which it is called. Run as `driver PORT END`, where END is `raises` (an error is the end of the stream)
// or `empty` (so is an empty message).
//
// Each message is a line of JSON on standard output: {"message": ...}, or {"hex": "00ff"} for octets; and
// {"end": true} or {"error": "..."} at the end. What the function itself prints goes to standard error.
package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"reflect"
	"sync"
	"unicode/utf8"
)

// shortreadReader reads a connection to its end, and gives each message to take; it stops when that returns false.
type shortreadReader func(conn net.Conn, take func(message any) bool) error

// shortreadOneMessage is for `receive(conn) (message, error)`, which returns the next message.
func shortreadOneMessage[T any](receive func(net.Conn) (T, error)) shortreadReader {
	return func(conn net.Conn, take func(any) bool) error {
		return shortreadAll(func() (T, error) { return receive(conn) }, take)
	}
}

// shortreadObject is for a function that makes a reader of a connection, whose Receive returns the next message.
func shortreadObject[T any, R interface{ Receive() (T, error) }](wrap func(net.Conn) R) shortreadReader {
	return func(conn net.Conn, take func(any) bool) error {
		return shortreadAll(wrap(conn).Receive, take)
	}
}

// shortreadAllMessages is for `receive(conn) iter.Seq[message]`.
func shortreadAllMessages[T any, S ~func(func(T) bool)](receive func(net.Conn) S) shortreadReader {
	return func(conn net.Conn, take func(any) bool) error {
		receive(conn)(func(message T) bool { return take(message) })
		return nil
	}
}

func shortreadAll[T any](next func() (T, error), take func(any) bool) error {
	for {
		message, err := next()
		if err != nil {
			return err
		}
		if !take(message) {
			return nil
		}
	}
}

var shortreadTranscript struct {
	sync.Mutex
	io.Writer
}

// shortreadWrite writes one line.
func shortreadWrite(name string, value any) {
	line, err := json.Marshal(map[string]any{name: value})
	if err != nil {
		line, _ = json.Marshal(map[string]any{"error": err.Error()})
	}
	shortreadTranscript.Lock()
	defer shortreadTranscript.Unlock()
	shortreadTranscript.Write(append(line, '\n'))
}

func shortreadWriteMessage(message any) {
	switch value := message.(type) {
	case []byte:
		shortreadWrite("hex", hex.EncodeToString(value))
	case string:
		if utf8.ValidString(value) {
			shortreadWrite("message", value)
		} else { // a string of Go may hold any octets, one of JSON may not
			shortreadWrite("hex", hex.EncodeToString([]byte(value)))
		}
	default:
		shortreadWrite("message", value)
	}
}

func shortreadIsEmpty(message any) bool {
	value := reflect.ValueOf(message)
	switch value.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return value.Len() == 0
	default:
		return !value.IsValid() || value.IsZero()
	}
}

// shortreadServe reads one connection to its end. Whatever goes wrong ends this connection, and no other.
func shortreadServe(conn net.Conn, read shortreadReader, emptyIsEnd bool) {
	defer conn.Close()
	defer func() {
		if reason := recover(); reason != nil {
			shortreadWrite("error", fmt.Sprint(reason))
		}
	}()
	err := read(conn, func(message any) bool {
		if emptyIsEnd && shortreadIsEmpty(message) {
			return false
		}
		shortreadWriteMessage(message)
		return true
	})
	if err == nil || errors.Is(err, io.EOF) {
		shortreadWrite("end", true)
	} else {
		shortreadWrite("error", err.Error())
	}
}

func main() {
	shortreadTranscript.Writer = os.Stdout
	// Whatever the function prints must not be taken for what it understood.
	os.Stdout = os.Stderr
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
		go shortreadServe(conn, STYLE(RECEIVE), os.Args[2] == "empty")
	}
}
