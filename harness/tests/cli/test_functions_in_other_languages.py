"""Functions under test in Java, C, JavaScript and Go: their styles, their ends, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from shortread.implementations import load_manifest

Command = Callable[..., Any]
Check = Callable[..., Any]

JAVA = """
import java.io.*;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.stream.Stream;

class Receive {
    private final DataInputStream in;

    Receive(Socket socket) throws IOException {
        in = new DataInputStream(socket.getInputStream());
    }

    String receive() throws IOException {
        System.out.println("{\\"message\\": \\"what it prints is no message\\"}");
        byte[] text = new byte[in.readUnsignedShort()];
        in.readFully(text);
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    }

    static byte[] octets(Socket socket) throws IOException {
        return new Receive(socket).receive().getBytes(StandardCharsets.UTF_8);
    }

    static String orNull(Socket socket) {
        try {
            return new Receive(socket).receive();
        } catch (IOException end) {
            return null;
        }
    }

    static Stream<String> stream(Socket socket) {
        return Stream.generate(() -> orNull(socket)).takeWhile(Objects::nonNull);
    }

    static Iterator<String> iterator(Socket socket) {
        return stream(socket).iterator();
    }
}
"""
C = """
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int well_formed(const char *text, int size);

static int all(int conn, char *to, int size)
{
    int n = 0, got = 0;
    while (got < size && (n = recv(conn, to + got, size - got, 0)) > 0)
        got += n;
    return got == size ? size : -1;
}

int receive(int conn, char *message, int size)
{
    unsigned char header[2];
    puts("{\\"hex\\": \\"00\\"}");
    fflush(stdout);
    if (all(conn, (char *)header, 2) < 0 || (header[0] << 8 | header[1]) > size)
        return -1;
    size = all(conn, message, header[0] << 8 | header[1]);
    return size < 0 || !well_formed(message, size) ? -1 : size;
}

int main(void) { return receive(0, NULL, 0); }
"""
C_MORE = """
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int well_formed(const char *text, int size)
{
    setlocale(LC_ALL, "C.UTF-8");
    mbstate_t state = {0};
    while (size > 0) {
        size_t n = mbrtowc(NULL, text, size, &state);
        if (n == (size_t)-1 || n == (size_t)-2)
            return 0;
        n += n == 0;
        text += n;
        size -= n;
    }
    return 1;
}
"""
JAVASCRIPT = """
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Reader {
  constructor(socket) {
    this.chunks = socket[Symbol.asyncIterator]();
    this.buffer = Buffer.alloc(0);
  }

  async exactly(size) {
    while (this.buffer.length < size) {
      const { value, done } = await this.chunks.next();
      if (done) throw new Error('the stream ended');
      this.buffer = Buffer.concat([this.buffer, value]);
    }
    const octets = this.buffer.subarray(0, size);
    this.buffer = this.buffer.subarray(size);
    return octets;
  }

  async receive() {
    console.log('{"message": "what it prints is no message"}');
    process.stdout.write('{"message": "nor this"}\\n');
    return decoder.decode(await this.exactly((await this.exactly(2)).readUInt16BE()));
  }
}

const readers = new WeakMap();
async function receive(socket) {
  if (!readers.has(socket)) readers.set(socket, new Reader(socket));
  return Buffer.from(await readers.get(socket).receive());
}
const orNull = (socket) => receive(socket).catch(() => null);
async function* all(socket) {
  const reader = new Reader(socket);
  for (;;) yield await reader.receive();
}
module.exports = { Reader, receive, orNull, all };
"""
GO = """
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"unicode/utf8"
)

type reader struct{ io.Reader }

func (r reader) Receive() (string, error) {
	fmt.Println(`{"message": "what it prints is no message"}`)
	var header [2]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return "", err
	}
	text := make([]byte, binary.BigEndian.Uint16(header[:]))
	if _, err := io.ReadFull(r, text); err != nil {
		return "", err
	}
	if !utf8.Valid(text) {
		return "", errors.New("not UTF-8")
	}
	return string(text), nil
}

func NewReader(conn net.Conn) reader { return reader{bufio.NewReader(conn)} }

func Octets(conn net.Conn) ([]byte, error) {
	text, err := reader{conn}.Receive()
	return []byte(text), err
}

func All(conn net.Conn) iter.Seq[string] {
	return func(yield func(string) bool) {
		r := NewReader(conn)
		for {
			text, err := r.Receive()
			if err != nil || !yield(text) {
				return
			}
		}
	}
}
"""
SOURCES: Mapping[str, Mapping[str, str]] = {
    "java": {"Receive.java": JAVA},
    "c": {"receive.c": C, "more.c": C_MORE},
    "javascript": {"receive.js": JAVASCRIPT},
    "go": {"receive.go": GO},
}
RIGHT: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "Java, octets": ("java", {"receive": "Receive.java:octets"}),
    "Java, null at the end": ("java", {"receive": "Receive.java:orNull", "end": "none"}),
    "Java, a stream": ("java", {"receive": "Receive.java:stream", "style": "all-messages"}),
    "Java, an iterator": ("java", {"receive": "Receive.java:Receive.iterator", "style": "all-messages"}),
    "Java, an object": ("java", {"receive": "Receive.java:receive", "style": "object"}),
    "C, two files": ("c", {"receive": "receive.c:receive", "files": ["more.c"]}),
    "JavaScript, octets": ("javascript", {"receive": "receive.js:receive"}),
    "JavaScript, null at the end": ("javascript", {"receive": "receive.js:orNull", "end": "none"}),
    "JavaScript, a generator": ("javascript", {"receive": "receive.js:all", "style": "all-messages"}),
    "JavaScript, an object": ("javascript", {"receive": "receive.js:Reader", "style": "object"}),
    "Go, octets": ("go", {"receive": "receive.go:Octets"}),
    "Go, an iterator": ("go", {"receive": "receive.go:All", "style": "all-messages"}),
    "Go, an object": ("go", {"receive": "receive.go:NewReader", "style": "object"}),
}


@pytest.fixture
def homework(folder: Path) -> Callable[..., str]:
    """`homework(sources, function)` makes a folder with the files and a manifest, and gives its name."""

    def make(sources: Mapping[str, str], function: Mapping[str, object]) -> str:
        (folder / "homework").mkdir()
        for name, source in sources.items():
            (folder / "homework" / name).write_text(source)
        manifest = {
            "shortread": "implementation/1",
            "name": "homework",
            "spec": "text-u16",
            "role": "function",
            "function": function,
        }
        (folder / "homework" / "implementation.yaml").write_text(json.dumps(manifest))
        return "homework"

    return make


@pytest.fixture
def check(homework: Callable[..., str], in_process: Command) -> Check:
    """`check(sources, function)` checks a function; skipped by name where a program is missing."""

    def run(sources: Mapping[str, str], function: Mapping[str, object]) -> Any:
        name = homework(sources, function)
        if missing := load_manifest(Path(name, "implementation.yaml")).missing_programs:
            pytest.skip(f"{' and '.join(missing)} not installed")
        return in_process("check", name)

    return run


@pytest.mark.parametrize("name", RIGHT)
def test_a_function_that_reads_every_message_conforms(name: str, check: Check) -> None:
    language, function = RIGHT[name]
    ended = check(SOURCES[language], function)
    assert (ended.status, ended.output.splitlines()[-1]) == (0, "1 run: 1 conforming"), ended.output


@pytest.mark.parametrize(
    ("language", "name", "right", "flawed", "code"),
    [
        (
            "java",
            "Receive.java:octets",
            "in.readFully(text);",
            "text = Arrays.copyOf(text, Math.max(0, in.read(text)));",
            "SR102",
        ),
        ("c", "receive.c:receive", "while (got < size", "if (got < size", "SR107"),
        (
            "javascript",
            "receive.js:receive",
            "while (this.buffer.length < size)",
            "if (this.buffer.length < size)",
            "SR101",
        ),
        ("go", "receive.go:Octets", "io.ReadFull(r, text); err", "r.Read(text); len(text) > 0 && err", "SR102"),
    ],
)
def test_a_function_that_relies_on_one_read_is_found(
    language: str, name: str, right: str, flawed: str, *, code: str, check: Check
) -> None:
    sources = {file: source.replace(right, flawed) for file, source in SOURCES[language].items()}
    assert sources != SOURCES[language]
    files = {"files": ["more.c"]} if language == "c" else {}
    ended = check(sources, {"receive": name, **files})
    assert ended.status == 1, ended.output
    assert f"  {code} " in ended.output


@pytest.mark.parametrize(
    ("language", "source", "function", "sentence"),
    [
        ("java", "class Receive {}", "Receive.java:receive", "NoSuchMethodException: Receive.receive"),
        ("java", "class Receive {", "Receive.java:receive", "Receive.java:1: error"),
        ("c", "int receiver;", "receive.c:receive", "implicit declaration of function"),
        (
            "javascript",
            "",
            "receive.js:receive",
            "expected a function receive that receive.js exports, found undefined",
        ),
        ("go", "package main", "receive.go:Receive", "undefined: Receive"),
    ],
)
def test_a_function_that_is_not_there_is_told_with_what_the_toolchain_says(
    language: str, source: str, function: str, sentence: str, check: Check
) -> None:
    del language
    ended = check({function.partition(":")[0]: source}, {"receive": function})
    assert ended.status == 3
    assert sentence in ended.output


def test_a_missing_toolchain_skips_a_function_by_name(
    homework: Callable[..., str], in_process: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = homework(SOURCES["java"], {"receive": "Receive.java:receive"})
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = in_process("check", name)
    assert ended.status == 5
    assert "skipped: javac and java not installed" in ended.output


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (
            {"receive": "receive.c:receive", "style": "feed"},
            "expected style: one-message for a function in C, found feed",
        ),
        ({"receive": "a.go:A", "end": "none"}, "expected end: raises, empty for a function in Go, found none"),
        (
            {"receive": "a.js:a", "sockets": "short"},
            "expected sockets: whole for a function in JavaScript, found short",
        ),
        ({"receive": "a:a", "files": ["b.c"]}, "expected no files for a function in Python, found"),
        ({"receive": "a.java:a", "send": {"call": "a:b"}}, "expected no send for a function in Java, found"),
    ],
)
def test_what_a_language_cannot_do_is_a_mistake_in_the_manifest(
    function: Mapping[str, object], sentence: str, homework: Callable[..., str], in_process: Command
) -> None:
    ended = in_process("check", homework({}, function))
    assert ended.status == 2
    assert sentence in ended.errors
    assert "see «Functions» in implementations/README.md" in ended.errors


def test_the_language_may_be_named_where_the_ending_does_not_tell(check: Check) -> None:
    sources = {"receive.txt": C, "more.c": C_MORE}
    ended = check(sources, {"receive": "receive.txt:receive", "language": "c", "files": ["more.c"]})
    assert ended.status == 0, ended.output
