"""The ways of replying, checked over real sockets: a server that conforms, and one that is wrong in one place."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HEAD = """\
shortread: spec/1
protocol: acme
title: Acme
reference: none
"""

PROGRAM = """\
import contextlib, itertools, os, socket, struct, sys, threading

numbers = itertools.count()


def lines(reader):
    while (line := reader.readline(17)).endswith(b"\\n"):
        yield line[:-1]


def abort(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def die(why):
    print(why, flush=True)
    os._exit(1)


def run(talk, connection):
    with contextlib.suppress(OSError), connection, connection.makefile("rb") as reader:
        talk(connection, reader)


def serve(talk):
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=run, args=(talk, connection), daemon=True).start()


"""
"""What every server here begins with; a test adds `talk(connection, reader)`."""

FAULTS = ("whole", "together", "every-cut", "one-byte", "held", "half-close", "close")

LINES = 'frame: {delimiter: "\\n", max: 16}\n'


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check came to: the verdict, the codes of the findings, and the summary of the first."""

    verdict: str
    codes: list[str]
    failed: set[tuple[str, str]]
    summary: str


Check = Callable[..., Checked]


@pytest.fixture
def check(in_process: Callable[..., Any], server: Callable[..., str], folder: Path) -> Check:
    """`check(spec, talk, *kinds)` checks a server that talks so against conversations of these kinds."""

    def check(spec: str, talk: str, *kinds: str) -> Checked:
        share = {"conversations": kinds or ("ordinary",)}
        profile = {"shortread": "profile/1", "name": "replies", "faults": dict.fromkeys(FAULTS, share)}
        (folder / "profile.yaml").write_text(json.dumps(profile))
        (folder / "acme.yaml").write_text(HEAD + textwrap.dedent(spec))
        target = server(PROGRAM + textwrap.dedent(talk) + "\n\nserve(talk)\n", spec="../acme.yaml")
        ended = in_process("check", target, "--profile", "profile.yaml", "--report", "json=results.json")
        assert ended.errors == ""
        (run,) = json.loads((folder / "results.json").read_text())["runs"]
        failed = {(by["conversation"], by["fault"]) for by in run["by"] if by["failed"]}
        findings = run["findings"]
        return Checked(
            verdict=run["verdict"],
            codes=[finding["code"] for finding in findings],
            failed=failed,
            summary=findings[0]["summary"] if findings else run["reason"],
        )

    return check


CONFORMS = Checked(verdict="pass", codes=[], failed=set(), summary="")

# Exchange

GREETED = (
    LINES
    + """\
first: server
exchange:
  - {expect: {pattern: "ready .*"}}
  - {send: ping, expect: pong}
  - {send: time, expect: {pattern: "[0-9]+"}}
  - {send: say, expect: any}
"""
)

POLITE = """
    def talk(connection, reader):
        connection.sendall(b"ready %d\\n" % next(numbers))
        for line in lines(reader):
            connection.sendall({b"ping": b"pong", b"time": b"12"}.get(line, line * 2) + b"\\n")
    """


def test_an_exchange_with_a_greeting_patterns_and_any(check: Check) -> None:
    assert check(GREETED, POLITE) == CONFORMS


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("ready %d", "welcome %d", id="another greeting"),
        pytest.param('connection.sendall(b"ready %d\\n" % next(numbers))', "pass", id="no greeting"),
        pytest.param('b"pong"', 'b"ping"', id="another literal"),
        pytest.param('b"12"', 'b"noon"', id="no match of the pattern"),
        pytest.param('b"12"', 'b"12 o\'clock"', id="a match of a part only"),
        pytest.param("line * 2", 'b"two\\nreplies"', id="more than one reply where any will do"),
    ],
)
def test_an_exchange_that_says_something_else_is_found(right: str, wrong: str, check: Check) -> None:
    talk = POLITE.replace(right, wrong)
    assert talk != POLITE
    checked = check(GREETED, talk)
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


def test_an_exchange_with_a_reader_that_takes_a_read_for_a_message_is_found(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            connection.sendall(b"ready now\\n")
            while line := connection.recv(100):  # BUG: what a read returns is not a message
                reply = {b"ping\\n": b"pong\\n", b"time\\n": b"12\\n"}
                connection.sendall(reply.get(line, b"what?\\n"))
        """
    checked = check(GREETED, talk)
    assert (checked.verdict, checked.codes) == ("fail", ["SR003"])
    assert ("ordinary/1", "whole") not in checked.failed
    assert ("ordinary/1", "every-cut") in checked.failed


REFUSES = """
    def talk(connection, reader):
        connection.sendall(b"ready\\n")
        for line in lines(reader):
            connection.sendall({b"ping": b"pong\\n"}.get(line, line + b"\\n"))
        connection.sendall(b"error\\n")
    """


@pytest.mark.parametrize(("error", "verdict"), [("error", "pass"), ("{pattern: 'oops.*'}", "fail")])
def test_a_malformed_frame_stands_behind_the_beginning_of_an_exchange(error: str, verdict: str, check: Check) -> None:
    steps = "first: server\nexchange: [{expect: ready}, {send: ping, expect: pong}]\n"
    talk = REFUSES.replace(
        '        connection.sendall(b"error', '        if reader.read1(1):\n            connection.sendall(b"error'
    )
    policy = f"on_malformed: {{error: {error}}}\n"
    checked = check(LINES + steps + policy, talk, "ordinary", "malformed")
    assert (checked.verdict, {kind.partition("/")[0] for kind, _ in checked.failed}) == (
        verdict,
        set() if verdict == "pass" else {"malformed"},
    )


TYPED = """\
types:
  pair: [{size: {number: u8, counts: [body]}}, {body: {bytes: counted}}]
frame: {prefix: u8}
exchange:
  - {send: ab, expect: {type: pair}}
  - {send: c, expect: {type: pair}}
"""
PAIRS = """
    def talk(connection, reader):
        while head := reader.read(1):
            body = reader.read(head[0])
            if len(body) == head[0]:
                connection.sendall(bytes([len(body) + 1, len(body)]) + body)
    """


def test_a_reply_may_have_to_be_of_a_type(check: Check) -> None:
    assert check(TYPED, PAIRS) == CONFORMS


def test_a_reply_that_is_not_of_its_type_is_found(check: Check) -> None:
    checked = check(TYPED, PAIRS.replace("1, len(body)]", "1, len(body) + 1]"))
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


# Lock-step

ONE_AT_A_TIME = """
    def talk(connection, reader):
        buffer = b""
        while octets := connection.recv(100):
            buffer += octets
            if buffer.count(b"\\n") > 1 or not buffer.endswith(b"\\n") and b"\\n" in buffer:
                die("two requests at once")
            if buffer.endswith(b"\\n"):
                connection.sendall(buffer)
                buffer = b""
    """


def test_lock_step_never_sends_a_message_before_the_one_before_it_was_answered(check: Check) -> None:
    assert check(LINES + "reply: echo\npipelining: no\nmessages: [a, bc, d]\n", ONE_AT_A_TIME) == CONFORMS


def test_without_lock_step_the_same_server_is_found(check: Check) -> None:
    checked = check(LINES + "reply: echo\nmessages: [a, bc, d]\n", ONE_AT_A_TIME)
    assert checked.verdict == "fail"
    assert ("ordinary/2", "together") in checked.failed


def test_lock_step_finds_what_needs_no_second_message(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            while line := connection.recv(100):
                if line.endswith(b"\\n"):
                    connection.sendall(line)  # BUG: what came before is lost
        """
    checked = check(LINES + "reply: echo\npipelining: no\nmessages: [abc, de]\n", talk)
    assert (checked.verdict, checked.codes) == ("fail", ["SR103"])
    assert ("ordinary/1", "every-cut") in checked.failed


# Same as whole

SHOUTED = LINES + "reply: same-as-whole\nmessages: [abc, de, f]\n"


def test_same_as_whole_takes_whatever_comes_back_for_right(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            for line in lines(reader):
                connection.sendall(b"".join(b"%s: %d\\n" % (line.upper(), part) for part in range(len(line))))
        """
    assert check(SHOUTED, talk) == CONFORMS


def test_same_as_whole_with_another_reply_for_another_cut_is_found(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            while octets := connection.recv(100):
                for line in octets.splitlines():
                    connection.sendall(line.upper() + b"\\n")  # BUG: a read may end inside a line
        """
    checked = check(SHOUTED, talk)
    assert checked.verdict == "fail"
    assert ("ordinary/1", "every-cut") in checked.failed
    assert ("ordinary/1", "whole") not in checked.failed


def test_same_as_whole_needs_something_to_compare_with(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            for line in lines(reader):
                pass
        """
    checked = check(SHOUTED, talk)
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])
    assert {fault for _, fault in checked.failed} == {"whole"}


def test_same_as_whole_needs_replies_that_are_frames(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            for line in lines(reader):
                connection.sendall(line.upper())
        """
    checked = check(SHOUTED, talk)
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


def test_same_as_whole_hears_a_greeting_before_anything_is_sent(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            connection.sendall(b"ready\\n")
            for line in lines(reader):
                connection.sendall(line.upper() + b"\\n")
        """
    assert check(SHOUTED + "first: server\n", talk) == CONFORMS


def test_same_as_whole_hears_what_is_said_to_the_end_of_the_stream(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            for line in lines(reader):
                connection.sendall(line.upper() + b"\\n")
            connection.sendall(b"bye\\n")
        """
    assert check(SHOUTED, talk) == CONFORMS


def test_same_as_whole_knows_nothing_of_a_part_where_the_reply_comes_at_the_end(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            connection.sendall(b"%d\\n" % len(reader.read()))
        """
    assert check(SHOUTED + "reply_after: end\n", talk) == CONFORMS


NUMBERED = """\
directions:
  client: {delimiter: "\\n", max: 16}
  server:
    - number: {number: digits, max_digits: 9}
    - " "
    - text: {bytes: {until: "\\n"}, max: 16}
reply: same-as-whole
messages: [abc, de]
"""

COUNTS = """
    def talk(connection, reader):
        for line in lines(reader):
            connection.sendall(b"%d %s\\n" % (next(numbers), line))
    """


def test_what_is_volatile_may_differ_between_two_runs(check: Check) -> None:
    assert check(NUMBERED + "volatile: [number]\n", COUNTS) == CONFORMS


def test_what_is_not_volatile_may_not(check: Check) -> None:
    checked = check(NUMBERED, COUNTS)
    assert checked.verdict == "fail"


def test_what_stands_beside_a_volatile_field_is_compared(check: Check) -> None:
    checked = check(NUMBERED + "volatile: [text]\n", COUNTS)
    assert checked.verdict == "fail"


# Close

CLOSING = """\
directions:
  client:
    phases:
      request: {frame: {delimiter: "\\n", max: 16}, next: {sent: "1 == 1"}}
      sent: {frame: none}
  server: {until: close, max: 64}
reply: close
messages: [[abc], [de]]
"""


def test_the_server_ends_the_connection_after_its_reply(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            for line in lines(reader):
                connection.sendall(line)
                return
        """
    assert check(CLOSING, talk) == CONFORMS


def test_a_server_that_waits_for_the_client_to_end_is_found(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            for line in lines(reader):
                connection.sendall(line)
        """
    checked = check(CLOSING, talk)
    assert (checked.verdict, checked.codes) == ("fail", ["SR303"])


def test_where_the_server_closes_each_message_has_a_connection_of_its_own(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            for line in lines(reader):
                connection.sendall(line + b"\\n")
                return
        """
    assert check(LINES + "reply: close\nmessages: [abc, de]\n", talk, "ordinary", "malformed") == CONFORMS


GOODBYE = (
    LINES
    + """\
first: server
reply: close
exchange:
  - {expect: ready}
  - {send: name, expect: acme}
  - {send: quit, expect: bye}
"""
)

QUITS = """
    def talk(connection, reader):
        connection.sendall(b"ready\\n")
        for line in lines(reader):
            connection.sendall({b"name": b"acme\\n", b"quit": b"bye\\n"}.get(line, b"what?\\n"))
            if line == b"quit":
                return
    """


def test_the_server_ends_the_connection_after_the_last_reply_of_an_exchange(check: Check) -> None:
    assert check(GOODBYE, QUITS) == CONFORMS


def test_a_server_that_does_not_end_an_exchange_is_found(check: Check) -> None:
    checked = check(GOODBYE, QUITS.replace("return", "pass"))
    assert (checked.verdict, checked.codes) == ("fail", ["SR303"])


def test_a_server_that_ends_an_exchange_too_early_is_found(check: Check) -> None:
    checked = check(GOODBYE, QUITS.replace('if line == b"quit"', "if True"))
    assert checked.verdict == "fail"
    assert ("ordinary/2", "whole") in checked.failed


# When replies are due

AT_END = """
    def talk(connection, reader):
        connection.sendall(b"".join(line + b"\\n" for line in lines(reader)))
    """
AT_ONCE = """
    def talk(connection, reader):
        for line in lines(reader):
            connection.sendall(line + b"\\n")
    """


def test_replies_at_the_end_of_the_stream(check: Check) -> None:
    assert check(LINES + "reply: echo\nreply_after: end\nmessages: [abc, de]\n", AT_END) == CONFORMS


def test_replies_that_are_due_at_the_end_may_come_once_their_message_is_complete(check: Check) -> None:
    assert check(LINES + "reply: echo\nreply_after: end\nmessages: [abc, de]\n", AT_ONCE) == CONFORMS


def test_replies_that_come_only_at_the_end_are_found_where_they_are_due_at_once(check: Check) -> None:
    checked = check(LINES + "reply: echo\nmessages: [abc, de]\n", AT_END)
    assert checked.verdict == "fail"
    assert ("ordinary/1", "whole") in checked.failed


def test_a_message_that_is_lost_at_the_end_is_found(check: Check) -> None:
    talk = """
        def talk(connection, reader):
            connection.sendall(b"".join(line + b"\\n" for line in list(lines(reader))[:1]))
        """
    checked = check(LINES + "reply: echo\nreply_after: end\nmessages: [abc, de]\n", talk)
    assert checked.verdict == "fail"
    assert ("ordinary/2", "whole") in checked.failed


SERIES = """\
types:
  line: [{text: {bytes: {until: "\\n"}, max: 16}}]
directions:
  client:
    phases:
      lines: {frame: line, next: {done: "text == ''"}, at_end: error}
      done: {frame: none}
  server: {frame: line}
reply: echo
reply_after: series
messages: [[abc, de, ""], [""]]
"""

AFTER_SERIES = """
    def talk(connection, reader):
        heard = []
        for line in lines(reader):
            heard.append(line + b"\\n")
            if not line:
                connection.sendall(b"".join(heard))
    """


def test_replies_at_the_end_of_a_series(check: Check) -> None:
    assert check(SERIES, AFTER_SERIES) == CONFORMS


def test_a_series_that_is_never_replied_to_is_found(check: Check) -> None:
    checked = check(SERIES, AFTER_SERIES.replace("if not line", 'if line == b"."'))
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


def test_a_series_that_is_replied_to_before_it_is_over_is_found(check: Check) -> None:
    """An unfinished series must not be acted upon."""
    talk = AFTER_SERIES.replace("if not line:", "if not line or len(heard) == 2:")
    checked = check(SERIES, talk)
    assert checked.verdict == "fail"


EARLY = LINES + "reply: echo\nmessages: [abcd, ef]\n"

STREAMS = """
    def talk(connection, reader):
        while octets := connection.recv(100):
            connection.sendall(octets)
    """


def test_a_reply_may_come_before_its_message_is_complete_where_that_is_allowed(check: Check) -> None:
    assert check(EARLY + "early_reply: allowed\n", STREAMS) == CONFORMS


def test_a_reply_before_its_message_is_complete_is_found_elsewhere(check: Check) -> None:
    assert check(EARLY, STREAMS).codes == ["SR207"]


def test_a_wrong_reply_is_found_also_where_it_may_be_early(check: Check) -> None:
    checked = check(EARLY + "early_reply: allowed\n", STREAMS.replace("sendall(octets)", "sendall(octets[-1:])"))
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


# Without a grammar

RECORDED = """\
frames:
  - {wire: "abc\\n", message: abc}
  - {wire: "de\\n", message: de}
"""
UPPER = """
    def talk(connection, reader):
        for line in lines(reader):
            connection.sendall(line.upper() + b"\\n")
    """
FORGETS = """
    def talk(connection, reader):
        while octets := connection.recv(100):
            for line in octets.splitlines(keepends=True):
                if line.endswith(b"\\n"):
                    connection.sendall(line.upper())  # BUG: the beginning of a line is lost
    """


def test_recorded_frames_are_compared_with_what_came_for_the_whole(check: Check) -> None:
    assert check(RECORDED, UPPER) == CONFORMS


def test_recorded_frames_that_depend_on_the_cut_are_found(check: Check) -> None:
    checked = check(RECORDED, FORGETS)
    assert (checked.verdict, checked.codes) == ("fail", ["SR003"])


def test_recorded_frames_may_have_to_come_back(check: Check) -> None:
    assert check(RECORDED + "reply: echo\n", AT_ONCE) == CONFORMS


def test_recorded_frames_that_do_not_come_back_are_found(check: Check) -> None:
    checked = check(RECORDED + "reply: echo\n", UPPER)
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


TURNS = """\
turns:
  - {expect: any}
  - {send: "abc\\n", message: abc}
  - {expect: "ABC\\n"}
  - {send: "de\\n", message: de}
  - {expect: "DE\\n"}
"""
GREETS = """
    def talk(connection, reader):
        connection.sendall(b"ready %d\\n" % next(numbers))
        for line in lines(reader):
            connection.sendall(line.upper() + b"\\n")
    """


def test_turns_that_were_recorded(check: Check) -> None:
    assert check(TURNS, GREETS) == CONFORMS


def test_turns_of_which_the_frames_are_not_known(check: Check) -> None:
    assert check(TURNS.replace(", message: abc", "").replace(", message: de", ""), GREETS) == CONFORMS


def test_a_turn_that_says_something_else_is_found(check: Check) -> None:
    checked = check(TURNS.replace("DE", "ED"), GREETS)
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


def test_a_turn_of_which_nothing_comes_is_found(check: Check) -> None:
    checked = check(TURNS, UPPER)
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


def test_turns_that_depend_on_the_cut_are_found(check: Check) -> None:
    talk = FORGETS.replace("while", 'connection.sendall(b"ready")\n        while')
    checked = check(TURNS, talk)
    assert (checked.verdict, checked.codes) == ("fail", ["SR003"])


# Malformed frames

BOTH = ("ordinary", "malformed")
NETSTRINGS = """\
frame:
  - length: {number: digits, max_digits: 2, max: 80, counts: [body]}
  - ":"
  - body: {bytes: counted}
  - ","
reply: echo
messages: [abc, de]
"""

READS = """
    def length_of(digits):
        if not digits.isdigit() or (digits[:1] == b"0" and digits != b"0") or int(digits) > 80:
            raise ValueError
        return int(digits)


    def read_frame(reader):
        head = reader.read(1)
        if not head:
            return None
        digits = b""
        while head != b":":
            if not head or len(digits) == 2:
                raise EOFError if not head else ValueError
            digits += head
            head = reader.read(1)
        size = length_of(digits)
        body = reader.read(size)
        end = reader.read(1)
        if len(body) < size or not end:
            raise EOFError
        if end != b",":
            raise ValueError
        return body


    def talk(connection, reader):
        while True:
            try:
                body = read_frame(reader)
            except EOFError:
                return
            except ValueError:
                refuse(connection, reader)
                return
            if body is None:
                return
            connection.sendall(b"%d:%b," % (len(body), body))


    """
CLOSES = "def refuse(connection, reader):\n        pass\n"
RESETS = "def refuse(connection, reader):\n        abort(connection)\n"
IGNORES = "def refuse(connection, reader):\n        while reader.read1():\n            pass\n"
REPORTS = "def refuse(connection, reader):\n        connection.sendall(b'5:error,')\n"
SAYS_IN_TEXT = "def refuse(connection, reader):\n        connection.sendall(b'what?')\n"
HANGS = "def refuse(connection, reader):\n        connection.detach()\n"
DIES = "def refuse(connection, reader):\n        die('malformed')\n"


@pytest.mark.parametrize(
    "refuse",
    [
        pytest.param(CLOSES, id="closes"),
        pytest.param(RESETS, id="resets"),
        pytest.param(IGNORES, id="ignores"),
        pytest.param(SAYS_IN_TEXT, id="says so in plain text"),
    ],
)
def test_a_malformed_frame_may_be_refused_in_several_ways(refuse: str, check: Check) -> None:
    assert check(NETSTRINGS, READS + refuse, *BOTH) == CONFORMS


@pytest.mark.parametrize(
    ("refuse", "code"),
    [
        pytest.param(REPORTS, "SR408", id="replies as to a message"),
        pytest.param(HANGS, "SR303", id="never closes"),
        pytest.param(DIES, "SR305", id="dies"),
    ],
)
def test_a_malformed_frame_may_not_be_refused_in_every_way(refuse: str, code: str, check: Check) -> None:
    checked = check(NETSTRINGS, READS + refuse, *BOTH)
    assert checked.verdict == "fail"
    assert code in checked.codes
    assert {conversation.partition("/")[0] for conversation, _ in checked.failed} == {"malformed"}


def test_an_error_reply_is_allowed_where_the_spec_says_what_it_is(check: Check) -> None:
    assert check(NETSTRINGS + "on_malformed: {error: error}\n", READS + REPORTS, *BOTH) == CONFORMS


def test_another_reply_than_the_error_is_found(check: Check) -> None:
    checked = check(NETSTRINGS + "on_malformed: {error: {pattern: 'oops.*'}}\n", READS + REPORTS, *BOTH)
    assert checked.verdict == "fail"


@pytest.mark.parametrize("refuse", [CLOSES, RESETS])
def test_closing_is_found_where_it_is_not_allowed(refuse: str, check: Check) -> None:
    """Neither the connection nor what comes behind may suffer from a malformed frame."""
    checked = check(NETSTRINGS + "on_malformed: {default: ignore, allow: [ignore]}\n", READS + refuse, *BOTH)
    assert checked.verdict == "fail"
    assert {conversation.partition("/")[0] for conversation, _ in checked.failed} == {"malformed"}


def test_octets_that_come_back_as_they_were_are_no_error_in_plain_text(check: Check) -> None:
    strict = 'if not digits.isdigit() or (digits[:1] == b"0" and digits != b"0") or int(digits) > 80'
    talk = READS.replace(strict, "if not digits").replace("return body", 'return digits + b":" + body + b","')
    talk = talk.replace('b"%d:%b," % (len(body), body)', "body")
    assert check(NETSTRINGS, talk + CLOSES, *BOTH).codes == ["SR408"]


def test_an_error_reply_is_found_where_it_is_not_allowed(check: Check) -> None:
    checked = check(NETSTRINGS + "on_malformed: {allow: [close], error: error}\n", READS + REPORTS, *BOTH)
    assert checked.verdict == "fail"


def test_a_length_that_is_no_strict_number_may_not_be_accepted(check: Check) -> None:
    strict = 'if not digits.isdigit() or (digits[:1] == b"0" and digits != b"0") or int(digits) > 80'
    lenient = READS.replace(strict, "if not digits")
    assert lenient != READS
    checked = check(NETSTRINGS, lenient + CLOSES, *BOTH)
    assert (checked.verdict, checked.codes) == ("fail", ["SR408"])


def test_a_delimiter_that_is_not_looked_at_is_no_matter_of_lengths(check: Check) -> None:
    spec = """\
        frame:
          - "<"
          - length: {number: u8, max: 99, counts: [body]}
          - body: {bytes: counted}
        reply: echo
        messages: [abc, de]
        """
    talk = """
        def talk(connection, reader):
            while head := reader.read(2):
                if len(head) < 2 or head[1] > 99 or len(body := reader.read(head[1])) < head[1]:
                    return
                connection.sendall(b"<" + head[1:] + body)  # BUG: nobody looks whether it begins with <
        """
    checked = check(spec, talk, *BOTH)
    assert (checked.verdict, checked.codes) == ("fail", ["SR001"])


def test_a_frame_that_must_be_refused_and_is_not_is_named(
    server: Callable[..., str], echo_source: str, in_process: Callable[..., Any]
) -> None:
    ended = in_process("check", server(echo_source.replace("readline(17)", "readline()")))
    assert ended.status == 1
    assert "a frame that must be refused (too_long) is accepted: " in ended.output
