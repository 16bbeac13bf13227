// Receiver for blocks-u32: blocks with a 4-byte big-endian length, of which an empty one is the last.
//
// Each block is one line of JSON on standard output, as soon as it is complete: {"message": "hello"}, or
// {"hex": "00ff"} where it is not UTF-8. The end of the stream is {"end": true}, or {"error": "…"} where it
// should not have come yet or the stream is malformed.
package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"unicode/utf8"
)

const maxLength = 65536

func receiveBlock(conn io.Reader) ([]byte, error) {
	var header [4]byte
	if _, err := io.ReadFull(conn, header[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(header[:])
	if length > maxLength {
		return nil, fmt.Errorf("a block of %d bytes is too long", length)
	}
	block := make([]byte, length)
	_, err := io.ReadFull(conn, block)
	return block, err
}

// receiveBlocks hands out each block, the empty one too, behind which the stream must end.
func receiveBlocks(conn io.Reader, handOut func([]byte)) error {
	for {
		block, err := receiveBlock(conn)
		if err != nil {
			return fmt.Errorf("before the last block: %w", err)
		}
		handOut(block)
		if len(block) == 0 {
			break
		}
	}
	var behind [1]byte
	if _, err := io.ReadFull(conn, behind[:]); err == nil {
		return errors.New("there is something behind the last block")
	} else if err != io.EOF {
		return err
	}
	return nil
}

// writeDown writes one line in one go, so that the lines of two connections do not mix.
func writeDown(key string, value any) {
	line, err := json.Marshal(map[string]any{key: value})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
		log.Fatal(err)
	}
}

func writeDownBlock(block []byte) {
	if utf8.Valid(block) {
		writeDown("message", string(block))
	} else {
		writeDown("hex", hex.EncodeToString(block))
	}
}

// serve writes down blocks until the stream ends, the client vanishes or what it sends is malformed.
func serve(conn net.Conn) {
	defer conn.Close()
	if err := receiveBlocks(conn, writeDownBlock); err != nil {
		writeDown("error", err.Error())
	} else {
		writeDown("end", true)
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
