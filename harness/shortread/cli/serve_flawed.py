"""shortread serve-flawed: a server with one mistake of the catalogue, to see what the harness says about it."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

from shortread.catalogue.axes import Axes
from shortread.catalogue.mistake import Mistake, Serving
from shortread.catalogue.program import Program
from shortread.catalogue.session import Session, State
from shortread.catalogue.table import CATALOGUE
from shortread.cli.targets import LOOPBACK
from shortread.codec.loading import load_codec
from shortread.errors import UsageError
from shortread.spec.library import find_spec
from shortread.spec.yaml12 import did_you_mean


@click.command("serve-flawed")
@click.argument("code", metavar="CODE")
@click.option("--spec", required=True, metavar="SPEC", help="A spec's name or a YAML file.")
@click.option("--port", required=True, type=click.IntRange(0, 65535), help="Where to listen; 0 is any free port.")
@click.option("--host", default=LOOPBACK, show_default=True, metavar="ADDRESS", help="The address to listen on.")
@click.option("--axes", "words", default="", metavar="WORDS", help="Which program: 'exact', 'buffer-1024 dies', …")
def serve_flawed(code: str, spec: str, port: int, host: str, words: str) -> int:
    """Serve a spec with one mistake, until interrupted.

    WORDS choose among the programs that make the mistake: how they read (exact, buffer-65536), what they do when they
    trip (closes, dies, carries-on, rubbish), and details that only the mistake has. Without them it is the first.

    \b
    Examples:
      shortread serve-flawed SR201 --spec netstring --port 9000
      shortread check --spec netstring -- shortread serve-flawed SR201 --spec netstring --port {port}
    """
    mistake = find_mistake(code)
    program = choose_program(mistake, find_spec(spec, folder=Path.cwd()), words)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=128) as listener:
        serve(listener, program, mistake.serving)


def find_mistake(code: str) -> Mistake:
    """A mistake by its code or its name. Raises UsageError."""
    for mistake in CATALOGUE.values():
        if code.lower() in (mistake.code.lower(), mistake.name):
            return mistake
    known = [*CATALOGUE, *(mistake.name for mistake in CATALOGUE.values())]
    raise UsageError.single(
        where="CODE",
        expected="a code or a name of the catalogue, SR101 or partial-header-read",
        found=code,
        remedy=did_you_mean(code, known) or "see `shortread explain`",
    )


def choose_program(mistake: Mistake, spec: Path, words: str) -> Program:
    """The first program that makes the mistake and has all of the words. Raises UsageError where none does."""
    codec = load_codec(spec)
    reason = mistake.why_not_with(codec)
    if reason is not None:
        raise UsageError.single(
            where="--spec",
            expected=f"a spec with which {mistake.code} {mistake.name} can be made",
            found=f"{codec.spec.protocol}, which {reason}",
            remedy="choose another spec" if mistake.why_no_program is None else "choose another code",
        )
    programs = mistake.programs(codec)
    for program in programs:
        if set(words.split()) <= set(program.axes.words):
            return program
    raise UsageError.single(
        where="--axes",
        expected="words of one of: " + ", ".join(map(_in_quotes, (program.axes for program in programs))),
        found=words,
        remedy="leave it out for the first of them",
    )


def _in_quotes(axes: Axes) -> str:
    return f"'{axes}'"


def serve(listener: socket.socket, program: Program, serving: Serving) -> NoReturn:
    """Be the program for whoever connects, each in a thread of its own or one after the other; never ends by itself."""
    shared = program.open()
    kept: list[socket.socket] = []

    def open_session() -> Session:
        nonlocal shared
        session = program.open()
        if serving is Serving.SHARED:
            if shared.loop.violation is not None:
                shared = program.open()
            session.loop = shared.loop
        return session

    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        is_kept = serving is Serving.KEPT
        handle = _handler(connection, open_session(), program, is_kept=is_kept)
        if is_kept:
            kept.append(connection.dup())
        if serving is Serving.ONE_BY_ONE:
            handle()
        else:
            threading.Thread(target=handle, daemon=True).start()


def _handler(connection: socket.socket, session: Session, program: Program, *, is_kept: bool) -> Callable[[], None]:
    """What a thread does for one connection; to close one that `is_kept` elsewhere would not end it."""
    is_written_down = program.codec.spec.reply == "transcript"

    def say(octets: bytes) -> None:
        if not is_written_down:
            connection.sendall(octets)
        elif octets:
            sys.stdout.buffer.write(octets)
            sys.stdout.buffer.flush()

    def handle() -> None:
        with connection, contextlib.suppress(ConnectionError):
            _converse(connection, session, say)
            _do_what_is_left(session.state)
            if is_kept:
                connection.shutdown(socket.SHUT_RDWR)

    return handle


def _converse(connection: socket.socket, session: Session, say: Callable[[bytes], None]) -> None:
    connection.settimeout(session.waits_seconds)
    poll = select.poll()
    poll.register(connection, select.POLLIN | select.POLLRDHUP)
    while session.state is State.READING:
        if session.watches_for_end:
            ((_, events),) = poll.poll()
            session.is_told_of_end = bool(events & select.POLLRDHUP)
        try:
            octets = connection.recv(session.fill())
        except TimeoutError:
            say(session.fall_silent())
        except ConnectionError:
            session.reset()
        else:
            say(session.read(octets) if octets else session.end())


def _do_what_is_left(state: State) -> None:
    """Close, or what flawed programs do instead."""
    if state is State.DEAD:
        os._exit(1)
    while state is State.SPINNING:
        pass
    if state is State.STUCK:
        threading.Event().wait()
