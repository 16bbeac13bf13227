"""The loops in six languages: all there, and each accepted by its compiler where there is one on this machine."""

from __future__ import annotations

import re
import shutil
import socket
import struct
import subprocess
import textwrap
from collections.abc import Iterator

import pytest

from shortread.catalogue.snippets import CORRECT, LANGUAGES, snippet
from shortread.catalogue.table import CATALOGUE

SNIPPETS = [(code, which) for code in CORRECT for which in ("flawed", "correct")]


def texts(language: str) -> dict[str, str]:
    """All loops in a language, by a name for each."""
    return {f"{code.lower()}_{which}": snippet(code, language, which) for code, which in SNIPPETS}


def accepted(*command: str, cwd) -> None:
    """Fails with what the compiler said."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_ten_commonest_have_loops_in_every_language() -> None:
    assert len(CORRECT) >= 10
    assert set(CORRECT) <= set(CATALOGUE)
    assert set(LANGUAGES) == {"python", "c", "java", "javascript", "go", "rust"}
    assert all(snippet(code, language, which).strip() for code, which in SNIPPETS for language in LANGUAGES)


def test_a_mistake_without_loops_has_none() -> None:
    assert snippet("SR001", "python", "flawed") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_flawed_loops_are_not_correct_ones(language) -> None:
    assert all(snippet(code, language, "flawed") != snippet(code, language, "correct") for code in CORRECT)


PYTHON = "import re, socket, struct\nfrom collections.abc import Iterator\n"

C = """
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
void handle(const char *message, size_t size);
void handle_text(const wchar_t *text);
"""
C_NEEDED = {
    "read_exactly": "int read_exactly(int fd, void *buffer, size_t size);\n",
    "read_message": "int read_message(int fd, char message[65535]);\n",
}

JAVA = """
import java.io.*;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
"""

RUST = "#![allow(dead_code, unused_imports)]\n"
RUST_NEEDED = (
    "use std::error::Error;\nuse std::io::{self, BufRead, BufReader, Read};\nuse std::net::{TcpListener, TcpStream};\n"
)

GO_PACKAGES = {
    "bufio": "bufio",
    "bytes": "bytes",
    "binary": "encoding/binary",
    "io": "io",
    "net": "net",
    "strings": "strings",
}


def test_python() -> None:
    for name, text in texts("python").items():
        compile(PYTHON + text, f"{name}.py", "exec")


def test_c(tmp_path) -> None:
    for name, text in texts("c").items():
        needed = "".join(line for function, line in C_NEEDED.items() if f"{function}(" in text)
        needed = needed if "void read_exactly" not in text else ""
        (tmp_path / f"{name}.c").write_text(C + needed + text)
    accepted("gcc", "-std=gnu11", "-fsyntax-only", "-Wall", *(f"{name}.c" for name in texts("c")), cwd=tmp_path)


def test_java(tmp_path) -> None:
    classes = (f"class {name} {{\n{textwrap.indent(text, '    ')}}}\n" for name, text in texts("java").items())
    (tmp_path / "Loops.java").write_text(JAVA + "\n".join(classes))
    accepted("javac", "-d", "classes", "Loops.java", cwd=tmp_path)


def test_javascript(tmp_path) -> None:
    blocks = (f"{{\n{text}}}\n" for text in texts("javascript").values())
    (tmp_path / "loops.mjs").write_text("\n".join(blocks))
    accepted("node", "--check", "loops.mjs", cwd=tmp_path)


def test_go(tmp_path) -> None:
    (tmp_path / "go.mod").write_text("module loops\n\ngo 1.18\n")
    for name, text in texts("go").items():
        code = re.sub("//.*", "", text)
        used = [path for word, path in GO_PACKAGES.items() if re.search(rf"\b{word}\.", code)]
        imports = "".join(f'import "{path}"\n' for path in used)
        (tmp_path / name).mkdir()
        (tmp_path / name / "loop.go").write_text(f"package {name}\n\n{imports}\n{text}")
    accepted("go", "build", "./...", cwd=tmp_path)


def test_rust(tmp_path) -> None:
    modules = (f"mod {name} {{\n{RUST_NEEDED}{text}}}\n" for name, text in texts("rust").items())
    (tmp_path / "loops.rs").write_text(RUST + "\n".join(modules))
    accepted("rustc", "--edition=2021", "--crate-type=lib", "--emit=metadata", "loops.rs", cwd=tmp_path)


# Those in Python are run: the right ones do not mind a cut, the wrong ones do.


def received(code: str, which: str, function: str, pieces: list[bytes]):
    """What a loop makes of pieces, each of which it reads apart: it is sent when the one before has been read."""
    names: dict[str, object] = {}
    exec(compile(PYTHON + snippet("SR101", "python", "correct"), "exact", "exec"), names)
    exec(compile(PYTHON + snippet(code, "python", which), code, "exec"), names)
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


def test_the_flawed_loops_do_not() -> None:
    with pytest.raises(struct.error):
        received("SR101", "flawed", "receive_message", [b"\0", b"\5hello"])
    assert received("SR102", "flawed", "receive_message", [b"\0\5", b"he", b"llo"]) == b"he"
    assert received("SR103", "flawed", "messages", [b"he", b"llo\r\n"]) == ["llo"]
    assert received("SR201", "flawed", "receive_line", [b"hello\r\nfoo\r\n"]) == b"hello"
    assert received("SR202", "flawed", "messages", [b"a\r\nb\r\n"]) == [b"a\r\nb"]
    assert received("SR301", "flawed", "receive_message", [b"\0\5hel"]) == b"hel"
    assert received("SR405", "flawed", "messages", [b"\0\0\0\1x"]) == []


def test_half_a_character_is_none() -> None:
    with pytest.raises(UnicodeDecodeError):
        received("SR106", "flawed", "messages", [b"\xc3", b"\xa9\r\n"])
