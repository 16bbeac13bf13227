"""The loops in six languages: all there, compiled, and run over a connection that gives one octet at a time.

One program for each language has all its loops in it, and is built once. Without its compiler, what it would show is
skipped by name.
"""

from __future__ import annotations

import re
import shutil
import socket
import struct
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from shortread.catalogue.snippets import CORRECT, FRAMINGS, LANGUAGES, snippet
from shortread.catalogue.table import CATALOGUE

WITHOUT_LOOPS = {"SR001", "SR002", "SR003"}
"""What only a comparison shows has no loop of its own."""

KINDS = {kind: code for code, kind in CORRECT.items()}
"""The kinds of correct loops, with a code that shows each."""


def texts(language: str) -> dict[str, str]:
    """All loops in a language: the correct ones by their kind, the flawed ones by their code."""
    correct = {kind: snippet(code, language, "correct") for kind, code in KINDS.items()}
    return correct | {code.lower(): snippet(code, language, "flawed") for code in CORRECT}


def test_every_mistake_in_a_loop_has_one() -> None:
    assert set(CATALOGUE) - set(CORRECT) == WITHOUT_LOOPS
    assert all(snippet(code, "python", "flawed") is None for code in WITHOUT_LOOPS)


def test_every_framing_is_that_of_a_loop() -> None:
    assert set(FRAMINGS) == set(KINDS) - {"serving"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_flawed_loops_are_not_correct_ones(language) -> None:
    assert all(snippet(code, language, "flawed") != snippet(code, language, "correct") for code in CORRECT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_loops_are_short_enough_for_a_page(language) -> None:
    """Two columns are the margin that a terminal of 80 columns leaves around a block of code."""
    for name, text in texts(language).items():
        lines = text.expandtabs(4).splitlines()
        assert max(map(len, lines)) <= 78, name
        assert len(lines) <= (25 if name in KINDS else 16), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_flawed_loop_says_where(language) -> None:
    mark = "#" if language == "python" else r"//|/\*"
    assert [name for name, text in texts(language).items() if not re.search(mark, text) and name not in KINDS] == []


# What is compiled: each loop by itself, with what it takes from the program around it.

Build = Callable[[Path], list[str]]
"""Writes a program with all loops into an empty folder, compiles it, and gives its command."""


def accepted(*command: str, cwd: Path) -> None:
    """Fails with what the compiler said."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


PYTHON = """
import logging, queue, re, select, selectors, socket, struct, sys, threading
from collections.abc import Callable, Iterator
log = logging.getLogger()
"""
PYTHON_MAIN = """
names = dict(globals())
for name in ("exact", sys.argv[1]):
    exec(compile(LOOPS[name], name, "exec"), names)
if sys.argv[1] == "serving":
    exec(compile(LOOPS["closing"], "closing", "exec"), names)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    names["serve_all"](listener, lambda connection: names["serve"](connection, bytes.swapcase))
connection = socket.socket(fileno=0)
if sys.argv[1] == "sending":
    for text in sys.argv[2:]:
        names["Sender"](connection).send(text)
elif "messages" in names:
    for message in names["messages"](connection):
        print((message.encode() if isinstance(message, str) else message).hex(), flush=True)
else:
    receive = names["Reader"](connection).receive_message if "Reader" in names else None
    while True:
        print((receive() if receive else names["receive_message"](connection)).hex(), flush=True)
"""


def build_python(folder: Path) -> list[str]:
    for name, text in texts("python").items():
        compile(text, name, "exec")
    (folder / "loops.py").write_text(f"{PYTHON}LOOPS = {texts('python')!r}\n{PYTHON_MAIN}", encoding="utf-8")
    return [sys.executable, "loops.py"]


C = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>
int read_line(int fd, char line[4096]);
int write_exactly(int fd, const void *octets, size_t size);
int send_message(int fd, const char *body, size_t size);
int answer(const char *request, size_t size, char *body);
void closing_serve(int fd);
int serve(int fd) { return closing_serve(dup(fd)), 0; }
void reply(int fd, const char *request, size_t size) {
    for (size_t at = 0; at < size; at++) dprintf(fd, "%c", request[at] ^ 32);
}
void handle_text(const wchar_t *text);
size_t handle_lines(char *buffer, size_t used);
size_t unescape(char *octets, size_t size);
void handle(const char *message, size_t size) {
    for (size_t at = 0; at < size; at++) printf("%02x", message[at] & 0xff);
    puts("");
    fflush(stdout);
}
"""
C_MAIN = r"""
int main(int count, char **names) {
    static char message[99999];
    static struct buffered_reader buffered;
    static struct lines_reader lines;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    char *line = NULL;
    size_t room = 0;
    for (ssize_t size = 0; size >= 0; handle(line ? line : message, (size_t)size)) {
        if (!strcmp(names[1], "exact")) size = read_message(0, message);
        if (!strcmp(names[1], "sr101")) size = sr101_read_message(0, message);
        if (!strcmp(names[1], "sr102")) size = sr102_read_message(0, message);
        if (!strcmp(names[1], "sr104")) size = sr104_read_message(0, message);
        if (!strcmp(names[1], "sr301")) size = sr301_read_message(0, message);
        if (!strcmp(names[1], "buffered")) size = buffered_read_message(&buffered, message);
        if (!strcmp(names[1], "lines")) size = lines_read_line(&lines, message);
        if (!strcmp(names[1], "bounded")) size = bounded_read_message(stdin, message);
        if (!strcmp(names[1], "escapes")) size = escapes_read_line(stdin, &line, &room);
        if (!strcmp(names[1], "linear")) size = linear_read_line(stdin, &line, &room);
        if (!strcmp(names[1], "sr103")) return sr103_serve(0), 0;
        if (!strcmp(names[1], "sending")) {
            for (int at = 2; at < count; at++) sending_send_message(0, &lock, names[at]);
            return 0;
        }
        if (!strcmp(names[1], "serving")) {
            struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
            socklen_t length = sizeof address;
            int listener = socket(AF_INET, SOCK_STREAM, 0);
            bind(listener, (struct sockaddr *)&address, length);
            listen(listener, 8);
            getsockname(listener, (struct sockaddr *)&address, &length);
            printf("%d\n", ntohs(address.sin_port));
            fflush(stdout);
            serving_serve_all(listener);
        }
        if (size < 0) return 0;
    }
}
"""


def build_c(folder: Path) -> list[str]:
    """What `exact` defines keeps its name, for the others to call; the rest has the loop's name before its own."""
    loops = texts("c")
    parts = [f'#line 1 "exact"\n{loops.pop("exact")}']
    for name, text in loops.items():
        own = re.findall(r"^\w[\w ]*\W\*?(\w+)(?= \{|\()", text, re.MULTILINE)  # functions and structures
        parts.append(f'#line 1 "{name}"\n' + re.sub(rf"\b({'|'.join(own)})\b", rf"{name}_\1", text))
    (folder / "loops.c").write_text(C + "\n".join(parts) + C_MAIN, encoding="utf-8")
    # What is only declared is called by nothing that stays in the program.
    flags = ["-std=gnu11", "-Wall", "-Werror", "-pthread", "-ffunction-sections", "-Wl,--gc-sections"]
    accepted("gcc", *flags, "-o", "loops", "loops.c", cwd=folder)
    return ["./loops"]


JAVA = """
import static java.nio.charset.StandardCharsets.*;
import java.io.*;
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.Consumer;
import java.util.logging.*;

class Needed {
    static final Logger log = Logger.getGlobal();
    static void handle(byte[] message) { System.out.println(HexFormat.of().formatHex(message)); }
    static byte[] answer(byte[] request) {
        for (int at = 0; at < request.length; at++) request[at] ^= 32;
        return request;
    }
    static void reply(Socket client, byte[] reply) { }
    static int length(byte[] header) { return 0; }
    static int readLength(DataInputStream in) { return 0; }
    static String readLine(DataInputStream in) { return ""; }
    static String unescape(String text) { return text; }
    static void serve(Socket client) throws IOException { closing.serve(client); }
    static void serveOne(Socket client) { }
    static byte[] readMessage(DataInputStream in) throws IOException { return exactly.readMessage(in); }
    static void send(DataOutputStream out, byte[] body) throws IOException { }
}
"""
JAVA_MAIN = """
public class Loops extends Needed {
    public static void main(String[] names) throws IOException {
        var octets = new FilterInputStream(new FileInputStream(FileDescriptor.in)) { };
        var exact = new DataInputStream(octets);
        InputStream whole = new BufferedInputStream(octets);
        var ahead = new DataInputStream(whole);
        var buffered = new buffered();
        Consumer<String> handle = text -> handle(text.getBytes(UTF_8));
        for (;;) {
            switch (names[0]) {
                case "exact": handle(exact.readMessage(exact)); break;
                case "sr101": handle(sr101.readMessage(octets)); break;
                case "sr102": handle(sr102.readMessage(exact)); break;
                case "sr104": handle(sr104.readMessage(exact)); break;
                case "sr301": handle(sr301.readMessage(exact)); break;
                case "buffered": handle(buffered.readMessage(octets)); break;
                case "bounded": handle(bounded.readMessage(ahead)); break;
                case "escapes": handle(escapes.readLine(whole)); break;
                case "linear": handle(linear.readLine(whole)); break;
                case "lines": lines.serve(octets, handle); return;
                case "sr103": sr103.serve(octets, handle); return;
                case "serving":
                    var listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                    System.out.println(listener.getLocalPort());
                    serving.serveAll(listener);
                case "sending":
                    var out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.in));
                    for (String text : Arrays.copyOfRange(names, 1, names.length))
                        sending.send(new DataOutputStream(out), text);
                    return;
            }
        }
    }
}
""".replace("exact.readMessage(exact)", "exactly.readMessage(exact)")


def build_java(folder: Path) -> list[str]:
    loops = {name.replace("exact", "exactly"): text for name, text in texts("java").items()}
    classes = (f"class {name} extends Needed {{\n{textwrap.indent(text, '    ')}}}\n" for name, text in loops.items())
    (folder / "Loops.java").write_text(JAVA + "\n".join(classes) + JAVA_MAIN, encoding="utf-8")
    accepted("javac", "-d", "classes", "Loops.java", cwd=folder)
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", "classes", "Loops"]


JAVASCRIPT = 'const net = require("node:net");\nconst { once, on } = require("node:events");\n'
JAVASCRIPT_MAIN = """
const [kind, ...words] = process.argv.slice(2);
const received = [];
const swapped = (request) => request.map((octet) => octet ^ 32);
const print = (message) => console.log(Buffer.from(message).toString("hex"));
const server = net.createServer((socket) => {
  socket.on("error", console.error);
  if (kind === "sending") {
    words.forEach((text) => loops.sending().send(socket, text));
    return socket.end();
  }
  loops[kind]().serve(socket, print);
  socket.on("data", next); // behind the loop: every piece has an event of its own
  next();
});
const next = () => (words.length ? client.write(words.shift(), "hex") : client.end());
let client;
if (kind === "serving") {
  const { serve } = loops.exact();
  const { serveOne } = loops.closing(serve, swapped);
  const { server } = loops.serving(serveOne);
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
} else server.listen(0, "127.0.0.1", () => {
  client = net.connect(server.address().port, "127.0.0.1");
  client.on("data", (chunk) => received.push(chunk));
  client.on("error", console.error);
  client.on("close", () => {
    server.close();
    if (kind === "sending") print(Buffer.concat(received));
  });
});
"""


def build_javascript(folder: Path) -> list[str]:
    """A loop that is no function stands in one that nobody calls."""
    loops = []
    for name, text in texts("javascript").items():
        given = {"closing": "serve, answer", "serving": "serveOne"}.get(name, "")
        public = re.findall(r"^(?:async )?(?:function|const) (serve|send|serveOne|server)\b", text, re.MULTILINE)
        loops.append(f"{name}: ({given}) => {{\n{text}return {{ {', '.join(public)} }};\n}},\n")
    (folder / "loops.cjs").write_text(f"{JAVASCRIPT}const loops = {{\n{''.join(loops)}}};\n{JAVASCRIPT_MAIN}")
    accepted("node", "--check", "loops.cjs", cwd=folder)
    return ["node", "loops.cjs"]


GO_PACKAGES = (
    *("bufio", "bytes", "encoding/binary", "errors", "fmt", "io", "log", "math", "net", "os", "regexp", "strconv"),
    *("strings", "sync", "syscall", "time", "unicode/utf8"),
)
GO_NEEDED = {
    "answer": "func answer(request []byte) []byte { return bytes.Map(func(r rune) rune { return r ^ 32 }, request) }",
    "answerOrFail": "func answerOrFail(request []byte) ([]byte, error) { return request, nil }",
    "encode": "func encode(body []byte) []byte { return body }",
    "frameEnd": "func frameEnd(buffer []byte) int { return 0 }",
    "handle": "func handle(message []byte) {}",
    "handleLines": "func handleLines(buffer []byte, handle func(string)) []byte { return buffer }",
    "readExactly": """func readExactly(conn net.Conn, size int) ([]byte, error) {
	octets := make([]byte, size)
	_, err := io.ReadFull(conn, octets)
	return octets, err
}""",
    "readMessage": """func readMessage(conn net.Conn) ([]byte, error) {
	var length uint16
	if err := binary.Read(conn, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	message := make([]byte, length)
	_, err := io.ReadFull(conn, message)
	return message, err
}""",
    "serve": "var Serve func(conn net.Conn) error\nfunc serve(conn net.Conn) error { return Serve(conn) }",
    "serveOne": "func serveOne(conn net.Conn) {}",
    "unescape": "func unescape(text string) string { return text }",
}
GO_RUN = (
    "exact",
    "sr101",
    "sr102",
    "sr104",
    "sr301",
    "buffered",
    "bounded",
    "escapes",
    "linear",
    "lines",
    "sr103",
    "closing",
)
GO_MAIN = """
func print(message []byte) { fmt.Println(hex.EncodeToString(message)) }

func serveAll() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	serving.Serve = func(conn net.Conn) error { return closing.Run(conn.(*net.TCPConn)) }
	serving.Run(listener)
}

func main() {
	if os.Args[1] == "serving" {
		serveAll()
	}
	conn, err := net.FileConn(os.Stdin)
	if err != nil {
		panic(err)
	}
	ahead := bufio.NewReaderSize(conn, 2+65535)
	handle := func(text string) { print([]byte(text)) }
	readers := map[string]func() ([]byte, error){
		"exact":    func() ([]byte, error) { return exact.Run(conn) },
		"sr101":    func() ([]byte, error) { return sr101.Run(conn) },
		"sr102":    func() ([]byte, error) { return sr102.Run(conn) },
		"sr104":    func() ([]byte, error) { return sr104.Run(conn) },
		"sr301":    func() ([]byte, error) { return sr301.Run(conn) },
		"buffered": func() ([]byte, error) { return buffered.Run(ahead) },
		"bounded":  func() ([]byte, error) { return bounded.Run(ahead) },
		"linear":   func() ([]byte, error) { return linear.Run(ahead) },
		"escapes": func() ([]byte, error) {
			line, err := escapes.Run(ahead)
			return []byte(line), err
		},
		"lines": func() ([]byte, error) { return nil, lines.Run(conn, handle) },
		"sr103": func() ([]byte, error) { return nil, sr103.Run(conn, handle) },
		"sending": func() ([]byte, error) {
			for _, text := range os.Args[2:] {
				sending.Run(conn, text)
			}
			return nil, io.EOF
		},
	}
	for {
		message, err := readers[os.Args[1]]()
		if err != nil {
			return
		}
		print(message)
	}
}
"""


def go_file(package: str, code: str, *imports: str) -> str:
    """A file that imports what its code uses."""
    bare = re.sub("//.*", "", code)
    used = [path for path in GO_PACKAGES if re.search(rf"\b{path.rpartition('/')[2]}\.", bare)]
    return f"package {package}\n\n" + "".join(f'import "{path}"\n' for path in (*used, *imports)) + f"\n{code}"


def build_go(folder: Path) -> list[str]:
    """Each loop is a package, with what it needs beside it, and the function that is run under a public name."""
    (folder / "go.mod").write_text("module loops\n\ngo 1.21\n")
    for name, text in texts("go").items():
        needed = "\n".join(
            line
            for one, line in GO_NEEDED.items()
            if re.search(rf"\b{one}\(", text) and not re.search(rf"^(func|var) {one}\b", text, re.M)
        )
        if name == "serving":
            needed += "\nvar Run = serveAll\n"
        if name == "sending":
            needed += "\nfunc Run(conn net.Conn, text string) error { return (&sender{conn: conn}).send(text) }\n"
        if name in GO_RUN:
            needed += f"\nvar Run = {re.search(r'^func (serve|readMessage|readLine)', text, re.M)[1]}\n"
        (folder / name).mkdir()
        (folder / name / "loop.go").write_text(go_file(name, text))
        (folder / name / "needed.go").write_text(go_file(name, needed))
    imports = [f"loops/{name}" for name in (*GO_RUN, "sending", "serving")]
    (folder / "main.go").write_text(go_file("main", GO_MAIN, "encoding/hex", *imports))
    (folder / "bin").mkdir()
    accepted("go", "build", "-o", "bin/", "./...", cwd=folder)
    return ["bin/loops"]


RUST = """#![allow(dead_code, unused_imports, unused_variables, unreachable_code)]
mod needed {
    use std::io::{self, Read};
    use std::net::TcpStream;
    pub fn answer(request: &[u8]) -> Vec<u8> { request.iter().map(|octet| octet ^ 32).collect() }
    pub fn try_answer(request: &[u8]) -> Result<Vec<u8>, String> { todo!() }
    pub fn frame_end(buffer: &[u8]) -> Option<usize> { todo!() }
    pub fn handle(message: &[u8]) { todo!() }
    pub fn read_length(reader: &mut impl Read) -> io::Result<usize> { todo!() }
    pub fn read_message(stream: &mut impl Read) -> io::Result<Vec<u8>> {
        let mut header = [0; 2];
        stream.read_exact(&mut header)?;
        let mut message = vec![0; u16::from_be_bytes(header) as usize];
        stream.read_exact(&mut message).map(|()| message)
    }
    pub fn send(stream: &mut TcpStream, body: &[u8]) -> io::Result<()> { todo!() }
    pub fn serve(stream: TcpStream) -> io::Result<()> { crate::closing::serve(stream) }
    pub fn serve_one(stream: TcpStream) { todo!() }
    pub fn unescape(octets: &[u8]) -> Vec<u8> { todo!() }
}
"""
RUST_NEEDED = """
use crate::needed::*;
use std::error::Error;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;
use std::time::Duration;
"""
RUST_MAIN = """
fn print(message: &[u8]) {
    println!("{}", message.iter().map(|octet| format!("{octet:02x}")).collect::<String>());
}

fn main() {
    use std::os::fd::FromRawFd;
    if std::env::args().nth(1).unwrap() == "serving" {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        serving::serve_all(&listener).unwrap();
    }
    let stream = unsafe { std::net::TcpStream::from_raw_fd(0) };
    let mut own = stream.try_clone().unwrap();
    let mut ahead = std::io::BufReader::new(stream.try_clone().unwrap());
    let mut reader = buffered::Reader { stream: stream.try_clone().unwrap(), buffer: Vec::new() };
    let names: Vec<String> = std::env::args().skip(1).collect();
    loop {
        let message = match names[0].as_str() {
            "exact" => exact::read_message(&mut own).ok(),
            "sr101" => sr101::read_message(&mut own).ok(),
            "sr102" => sr102::read_message(&mut own).ok(),
            "sr104" => sr104::read_message(&mut own).ok(),
            "sr301" => sr301::read_message(&mut own).ok(),
            "buffered" => reader.read_message().ok(),
            "bounded" => bounded::read_message(&mut ahead).ok(),
            "escapes" => escapes::read_line(&mut ahead).ok(),
            "linear" => linear::read_line(&mut ahead).ok(),
            "lines" => { let _ = lines::serve(own, |text| print(text.as_bytes())); return; }
            "sr103" => { let _ = sr103::serve(own, |text| print(text.as_bytes())); return; }
            _ => {
                let own = std::sync::Mutex::new(own);
                names[1..].iter().for_each(|text| sending::send(&own, text).unwrap());
                return;
            }
        };
        match message { Some(message) => print(&message), None => return }
    }
}
"""


def build_rust(folder: Path) -> list[str]:
    modules = "\n".join(f"mod {name} {{\n{RUST_NEEDED}{text}}}\n" for name, text in texts("rust").items())
    public = re.sub(r"^( *)(fn|struct|stream:|buffer:)", r"\1pub \2", modules, flags=re.MULTILINE)
    (folder / "loops.rs").write_text(RUST + public + RUST_MAIN, encoding="utf-8")
    accepted("rustc", "--edition=2021", "loops.rs", cwd=folder)
    return ["./loops"]


BUILDS: dict[str, Build] = {
    "python": build_python,
    "c": build_c,
    "java": build_java,
    "javascript": build_javascript,
    "go": build_go,
    "rust": build_rust,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """`built(language)` is the folder and the command of its program, which is built once."""

    @cache
    def build(language: str) -> tuple[Path, list[str]]:
        folder = tmp_path_factory.mktemp(language)
        return folder, BUILDS[language](folder)

    return build


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_loop_compiles(built, language) -> None:
    folder, command = built(language)
    assert (folder / command[0]).exists() or shutil.which(command[0])


# What is run.

LONG = b"0123456789" * 30
STREAMS: dict[str, tuple[bytes, list[bytes]]] = {
    "exact": (b"\0\5hello\0\0\0\2\r\n\1\x2c" + LONG + b"\0\5hel", [b"hello", b"", b"\r\n", LONG]),
    "lines": (b"hello\r\n\r\na\rb\nc\r\n\xc3\xa9\r\n%b\r\na\r" % LONG, [b"hello", b"", b"a\rb\nc", b"\xc3\xa9", LONG]),
    "bounded": (b"5\nhello\n0\n\n3\n1\n2\n300\n%b\n5\nhel" % LONG, [b"hello", b"", b"1\n2", LONG]),
    "escapes": (rb"a\nb" b"\n\n" rb"\\n\\" b"\n%b\nhel\\" % LONG, [b"a\nb", b"", b"\\n\\", LONG]),
    "linear": (b"hello\n\n%b\nhel" % LONG, [b"hello", b"", LONG]),
}
"""A stream of each framing, which ends inside a message, and the messages that are complete."""
STREAMS["buffered"] = STREAMS["exact"]

FRAME, LINE = b"\0\5hello", b"hello\r\n"
FLAWED = {
    "sr101": (FRAME, FRAME, [b"hello"]),
    "sr102": (FRAME, FRAME, [b"hello"]),
    "sr103": (LINE, LINE, [b"hello"]),
    "sr104": (FRAME, FRAME, [b"hello"]),
    "sr301": (FRAME, FRAME[:-3], []),
}
"""What a mistake understands as a whole, what it does not octet by octet, and what that should be."""


def ran(folder: Path, command: list[str], octets: bytes, size: int) -> tuple[str, bytes]:
    """What a program printed, and what it sent on the connection that is its standard input.

    Each read gives a piece of that size: it is a packet of its own, behind whose octets there are no others.
    """
    kind = socket.SOCK_STREAM if size >= len(octets) else socket.SOCK_SEQPACKET
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    ours.settimeout(60)
    sent = bytearray()
    with TemporaryFile() as printed:
        with theirs:
            running = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=printed)
        try:
            with ours, suppress(BrokenPipeError, ConnectionResetError):  # a flawed loop may leave before the end
                for start in range(0, len(octets), size):
                    ours.send(octets[start : start + size])
                ours.shutdown(socket.SHUT_WR)
                while piece := ours.recv(65536):
                    sent += piece
            running.wait(60)
        finally:
            running.kill()
            running.wait()
        printed.seek(0)
        return printed.read().decode(), bytes(sent)


def heard(built, language: str, name: str, octets: bytes, size: int) -> list[bytes]:
    """The messages that a loop has found in octets, of which each read gives so many."""
    folder, command = built(language)
    if language == "javascript":  # connects to itself, and waits for an event before it sends the next piece
        pieces = [octets[start : start + size].hex() for start in range(0, len(octets), size)]
        printed, _ = ran(folder, [*command, name, *pieces], b"", 1)
    else:
        printed, _ = ran(folder, [*command, name], octets, size)
    return [bytes.fromhex(line) for line in printed.splitlines()]


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correct_loop_puts_octets_together(built, language, kind) -> None:
    octets, messages = STREAMS[kind]
    assert heard(built, language, kind, octets, 1) == messages


@pytest.mark.parametrize("name", FLAWED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_flawed_loop_works_until_a_message_is_cut(built, language, name) -> None:
    whole, cut, messages = FLAWED[name]
    assert heard(built, language, name, whole, len(whole)) == [b"hello"]
    assert heard(built, language, name, cut, 1) != messages


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correct_sender_counts_octets(built, language) -> None:
    folder, command = built(language)
    printed, sent = ran(folder, [*command, "sending", "hello", "", "é€"], b"", 1)
    sent = bytes.fromhex(printed) if language == "javascript" else sent
    assert sent == b"\0\5hello" + b"\0\0" + b"\0\5" + "é€".encode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_correct_servers_outlive_a_client_and_answer_behind_a_half_close(built, language) -> None:
    """The loop for many clients runs, and for each of them the one that closes after its reply."""
    folder, command = built(language)
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, "serving"], cwd=folder, stdin=subprocess.DEVNULL, stdout=pipe) as running:
        try:
            address = ("127.0.0.1", int(running.stdout.readline()))
            with socket.create_connection(address, timeout=60) as lost:
                lost.sendall(b"\0\5hel")
                assert answered(address, b"\0\5hello") == b"HELLO"
                lost.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            assert answered(address, b"\0\5again") == b"AGAIN"
            assert answered(address, b"") == b""
        finally:
            running.kill()


def answered(address: tuple[str, int], octets: bytes) -> bytes:
    """What a server sends to a client that sends these octets, half-closes, and reads to the end."""
    with socket.create_connection(address, timeout=60) as client:
        client.sendall(octets)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


# Those in Python are run with pieces as well, which show what a mistake makes of them.


def received(code: str, which: str, function: str, pieces: list[bytes]):
    """What a loop makes of pieces, each of which it reads apart: it is sent when the one before has been read."""
    names: dict[str, object] = {}
    for text in (PYTHON, snippet("SR101", "python", "correct"), snippet("SR111", "python", "correct")):
        exec(compile(text, "needed", "exec"), names)
    exec(compile(snippet(code, "python", which), code, "exec"), names)
    with _Connection(pieces) as connection:
        result = names[function](connection)
        return list(result) if isinstance(result, Iterator) else result


class _Connection:
    """One end of a socket; every read of it finds what is left of a piece, or else the next one."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._pieces = pieces

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()
        self._theirs.close()

    def recv(self, size: int) -> bytes:
        if not self._has_octets():
            if self._pieces:
                self._theirs.sendall(self._pieces.pop(0))
            else:
                self._theirs.close()
        return self._ours.recv(size)

    def _has_octets(self) -> bool:
        try:
            return bool(self._ours.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return False


def test_the_correct_loops_put_pieces_together() -> None:
    assert received("SR101", "correct", "receive_message", [b"\0", b"\5he", b"llo"]) == b"hello"
    assert received("SR105", "correct", "messages", [b"he", b"llo\r", b"\nfoo\r\n"]) == ["hello", "foo"]
    assert received("SR604", "correct", "messages", [b"he", b"llo\nfo", b"o\n"]) == [b"hello", b"foo"]


FLAWED_WITH_PIECES = [
    ("SR102", "receive_message", [b"\0\5", b"he", b"llo"], b"he"),
    ("SR103", "messages", [b"he", b"llo\r\n"], ["llo"]),
    ("SR104", "receive_message", [b"\1", b"\0\3hello"], b"hel"),
    ("SR107", "receive_line", [b"he", b"llo\r\n"], b"he"),
    ("SR111", "messages", [b"a\\", b"nb\n"], [b"a\\nb"]),
    ("SR201", "receive_line", [b"hello\r\nfoo\r\n"], b"hello"),
    ("SR202", "messages", [b"a\r\nb\r\n"], [b"a\r\nb"]),
    ("SR203", "messages", [b"a\r\nb\r\n"], ["a"]),
    ("SR204", "messages", [b"a\r\nb", b"\r\n"], ["a", "b"]),
    ("SR205", "messages", [b"\0\1a\0\1b"], [b"a"]),
    ("SR301", "receive_message", [b"\0\5hel"], b"hel"),
    ("SR304", "messages", [b"a\r\n"], [b"a", b""]),
    ("SR405", "messages", [b"\0\0\0\1x"], []),
    ("SR604", "messages", [b"he", b"llo\n"], [b"hello"]),
]
"""A mistake, its function, what it reads, and what it makes of that."""


@pytest.mark.parametrize(("code", "function", "pieces", "result"), FLAWED_WITH_PIECES)
def test_the_flawed_loops_make_something_else_of_them(code, function, pieces, result) -> None:
    assert received(code, "flawed", function, [*pieces]) == result


def test_half_a_header_is_none() -> None:
    with pytest.raises(struct.error):
        received("SR101", "flawed", "receive_message", [b"\0", b"\5hello"])


def test_half_a_character_is_none() -> None:
    with pytest.raises(UnicodeDecodeError):
        received("SR106", "flawed", "messages", [b"\xc3", b"\xa9\r\n"])
