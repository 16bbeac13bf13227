// Echo server for http-like: header lines, a blank line, and a body of Content-Length bytes or in chunks.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxHeaders = 8192
	maxBody    = 65536 // of a chunk too
	maxChunks  = 1000
)

var (
	errMalformed = errors.New("malformed")

	crlf      = []byte("\r\n")
	nameForm  = regexp.MustCompile(`^[!#$%&'*+.^_|~0-9A-Za-z\x60-]+$`)
	digits    = regexp.MustCompile(`^[0-9]+$`)
	hexDigits = regexp.MustCompile(`^[0-9A-Fa-f]{1,8}$`)
)

type header struct{ name, value string }

type message struct {
	headers   []header
	body      []byte
	isChunked bool
	trailers  []header
}

// readLine reads a line of at most limit bytes, and its CRLF, which it leaves out.
func readLine(reader *bufio.Reader, limit int) (string, error) {
	line, err := reader.ReadSlice('\n')
	if err != nil {
		return "", err // the end of the stream, or a line that the buffer is too small for
	}
	text, isEnded := bytes.CutSuffix(line, crlf)
	if !isEnded || len(text) > limit {
		return "", errMalformed
	}
	return string(text), nil
}

func readHeaders(reader *bufio.Reader) ([]header, error) {
	var headers []header
	left := maxHeaders
	for {
		line, err := readLine(reader, max(left, 0))
		if err != nil {
			return nil, err
		}
		if line == "" {
			return headers, nil
		}
		name, value, hasColon := strings.Cut(line, ":")
		if !hasColon || !nameForm.MatchString(name) || strings.ContainsAny(value, "\r\x00") {
			return nil, errMalformed
		}
		headers = append(headers, header{name, strings.Trim(value, " \t")})
		left -= len(line) + len(crlf)
	}
}

func values(headers []header, name string) (found []string) {
	for _, header := range headers {
		if strings.EqualFold(header.name, name) {
			found = append(found, header.value)
		}
	}
	return found
}

// bodyLength is what Content-Length says, 0 where there is none; it may be said twice, but not two things.
func bodyLength(headers []header) (int, error) {
	lengths := values(headers, "Content-Length")
	if lengths == nil {
		return 0, nil
	}
	for _, length := range lengths {
		if length != lengths[0] || !digits.MatchString(length) {
			return 0, errMalformed
		}
	}
	length, err := strconv.Atoi(lengths[0])
	if err != nil || length > maxBody {
		return 0, errMalformed
	}
	return length, nil
}

func chunkSize(reader *bufio.Reader) (int, error) {
	line, err := readLine(reader, 8)
	if err != nil {
		return 0, err
	}
	if !hexDigits.MatchString(line) {
		return 0, errMalformed
	}
	size, err := strconv.ParseUint(line, 16, 32)
	if err != nil || size > maxBody {
		return 0, errMalformed
	}
	return int(size), nil
}

// readChunks reads chunks up to the empty one and joins them; the trailers come next.
func readChunks(reader *bufio.Reader) ([]byte, error) {
	var body []byte
	for range maxChunks {
		size, err := chunkSize(reader)
		if err != nil || size == 0 {
			return body, err
		}
		chunk := make([]byte, size+len(crlf))
		if _, err := io.ReadFull(reader, chunk); err != nil {
			return nil, err
		}
		if !bytes.HasSuffix(chunk, crlf) {
			return nil, errMalformed
		}
		body = append(body, chunk[:size]...)
	}
	return nil, errMalformed
}

func readMessage(reader *bufio.Reader) (m message, err error) {
	if m.headers, err = readHeaders(reader); err != nil {
		return m, err
	}
	length, err := bodyLength(m.headers)
	if err != nil {
		return m, err
	}
	codings := values(m.headers, "Transfer-Encoding")
	if codings == nil {
		m.body = make([]byte, length)
		_, err = io.ReadFull(reader, m.body)
		return m, err
	}
	isAmbiguous := values(m.headers, "Content-Length") != nil
	if len(codings) > 1 || codings[0] != "chunked" || isAmbiguous {
		return m, errMalformed
	}
	m.isChunked = true
	if m.body, err = readChunks(reader); err != nil {
		return m, err
	}
	m.trailers, err = readHeaders(reader)
	return m, err
}

func writeHeaders(frame *bytes.Buffer, headers []header) {
	for _, header := range headers {
		fmt.Fprintf(frame, "%s: %s\r\n", header.name, header.value)
	}
	frame.Write(crlf)
}

func (m message) frame() []byte {
	var frame bytes.Buffer
	writeHeaders(&frame, m.headers)
	if !m.isChunked {
		frame.Write(m.body)
		return frame.Bytes()
	}
	for chunk := range slices.Chunk(m.body, maxBody) {
		fmt.Fprintf(&frame, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	frame.WriteString("0\r\n")
	writeHeaders(&frame, m.trailers)
	return frame.Bytes()
}

// serve echoes messages until the stream ends, the client vanishes or what it sends is malformed.
func serve(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReaderSize(conn, maxHeaders+len(crlf)) // for the longest line
	for {
		message, err := readMessage(reader)
		if err != nil {
			return
		}
		if _, err := conn.Write(message.frame()); err != nil {
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
