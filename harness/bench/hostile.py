"""What hostile specs and streams cost: each ends in a clear refusal, in a process of its own, within a second."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.errors import UsageError
from shortread.spec.library import find_spec

_HEAD = "shortread: spec/1\nprotocol: hostile\ntitle: Hostile\nreference: none\n"
_MOST_SECONDS = 1.0
_MOST_MEBIBYTES = 200
_LIMIT_SECONDS = 20
_LIMIT_BYTES = 4 << 30
"""Where a process is ended that has no bound of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A spec, or octets for one, that would cost much if nothing refused them.

    `refusal` is how the first problem with the spec begins, or the code of what is wrong with the octets.
    """

    name: str
    spec: Callable[[], str]
    octets: Callable[[], bytes] | None = None
    refusal: str

    def outcome(self, folder: Path) -> str:
        """Load the spec, parse the octets, and say what they were refused for: a place and what was expected."""
        path = folder / "hostile.yaml"
        if re.fullmatch(r"[a-z0-9-]+", self.spec()):
            path = find_spec(self.spec(), folder=folder)
        else:
            path.write_text(_HEAD + self.spec(), encoding="utf-8")
        try:
            codec = load_codec(path)
        except UsageError as error:
            first = error.problems[0]
            return f"{first.where.removeprefix(str(path))} {first.expected}"
        return self._violation(codec) if self.octets is not None else "none"

    def _violation(self, codec: FrameCodec) -> str:
        assert self.octets is not None
        receiver = codec.receiver()
        receiver.feed(self.octets())
        _, violation = receiver.end()
        return "none" if violation is None else f"{violation.offset} {violation.code}"


def _types(count: int, fields: str) -> str:
    """Types each of which leads to the next."""
    return "types:\n" + "".join(f"  t{at}: {fields.replace('NEXT', f't{at + 1}')}\n" for at in range(count))


_LAST = '[{line: {bytes: {until: ";"}, max: 9}}]'
_LISTS = (
    'types:\n  value: [{kind: {bytes: 1}}, {value: {choice: kind, cases: {"(": list}}}]\n'
    "  list: [{count: {number: u8, count_of: items}}, {items: {repeat: value, count: counted, max: 9}}]\n"
    'frame: value\nmessages: [{kind: "(", value: []}]\n'
)
_REGIONS = (
    "types:\n  region: [{size: {number: u16be, counts: [inner]}}, {inner: {bytes: counted, as: more}}]\n"
    "  more: [{more: {choice: peek, cases: {x: end}, else: again}}]\n"
    "  end: [x]\n  again: [{kind: {number: u8, max: 9}}, {inner: {type: region}}]\n"
    "frame: region\nmessages: [null]\n"
)


def _nested_regions() -> bytes:
    wire = b"x"
    for _ in range(200):
        wire = b"\0" + len(wire).to_bytes(2, "big") + wire
    return wire[1:]


HOSTILE = (
    Hostile(
        name="a spec of 100,000 brackets",
        spec=lambda: f"frame: {'[' * 100_000}",
        refusal=":5:71 at most 64 levels",
    ),
    Hostile(
        name="a spec of aliases of aliases",
        spec=lambda: (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
        ),
        refusal=":10:40 at most 100,000 values",
    ),
    Hostile(
        name="a spec of one list a thousand times",
        spec=lambda: f"a: &a [{', '.join('x' * 1000)}]\nb: [{', '.join(['*a'] * 1000)}]\n",
        refusal=":6:397 at most 100,000 values",
    ),
    Hostile(
        name="a spec of 2 MB",
        spec=lambda: f"covers: {'x' * 2_000_000}\nframe: raw\n",
        refusal=" at most 1,048,576 octets",
    ),
    Hostile(
        name="a spec with a number of 100,000 digits",
        spec=lambda: f"frame: raw\nmax_frame_bytes: {'9' * 100_000}\n",
        refusal=":6:18 a number of at most 1,000 characters",
    ),
    Hostile(
        name="a spec with a message of 4 GB",
        spec=lambda: "frame: raw\nmessages: [!repeat [x, 4294967296]]\n",
        refusal=":6:12 at most 67,108,864 octets",
    ),
    Hostile(
        name="a spec with a message of 64 MB",
        spec=lambda: "max_frame_bytes: 99999999\nframe: {prefix: u32be}\nmessages: [!repeat [x, 67000000]]\n",
        refusal=":7:12 at most 20,971,520 octets",
    ),
    Hostile(
        name="a spec with 60,000,000 messages of an octet",
        spec=lambda: "frame: raw\nmessages: [!repeat [x, 60000000]]\n",
        refusal=":6:12 at most 65,536 octets",
    ),
    Hostile(
        name="a spec with 10,000 fields",
        spec=lambda: "frame:\n" + "".join(f"  - f{at}: {{number: u8}}\n" for at in range(10_000)),
        refusal=":1006:12 at most 1,000 fields",
    ),
    Hostile(
        name="a spec with 10,000 conditions",
        spec=lambda: (
            "frame:\n  - a: {number: u8}\n  - b:\n      choice: when\n      when:\n"
            + "".join(f"        - {{if: a == {at}, then: nothing}}\n" for at in range(10_000))
        ),
        refusal=":8:7 at most 1,000 fields",
    ),
    Hostile(
        name="a spec with 5,000 types inside each other",
        spec=lambda: _types(5000, "[{a: {number: u8}}, {b: {type: NEXT}}]") + "  t5000: [x]\nframe: t0\n",
        refusal=":69:39 types that contain each other at most 64 deep",
    ),
    Hostile(
        name="a spec with 2^40 ways to say one message",
        spec=lambda: (
            _types(40, '["x", {v: {choice: when, when: [{if: peer.a == 1, then: NEXT}, {if: 1 == 1, then: NEXT}]}}]')
            + f"  t40: {_LAST}\nframe: t0\nmessages: [!repeat [x, 10]]\n"
        ),
        refusal=":6:7 a value that may be of at most 100 types",
    ),
    Hostile(
        name="a spec in which 2^40 ways lead to an item",
        spec=lambda: (
            _types(40, "[{v: {choice: when, when: [{if: 1 == 1, then: NEXT}, {if: 1 == 1, then: NEXT}]}}]")
            + f"  t40: {_LAST}\n"
            + "frame: [{items: {repeat: t0, count: 2, max: 2}}]\nmessages: [[a, b]]\n"
        ),
        refusal=":6:7 a value that may be of at most 100 types",
    ),
    Hostile(
        name="a spec whose message leads to itself",
        spec=lambda: (
            'types:\n  value: [{v: {choice: peek, cases: {"(": group}, else: leaf}}]\n'
            f'  group: ["(", {{inner: {{type: value}}}}, ")"]\n  leaf: {_LAST}\nframe: value\nmessages: [a]\n'
        ),
        refusal=":6:10 a value that may be of at most 100 types, and not of this one again",
    ),
    Hostile(
        name="a spec with bits of 12 GB",
        spec=lambda: "frame: [{first: {bits: {a: 99999999999, b: 5}, fixed: {a: 1}}}]\nmessages: [x]\n",
        refusal=":5:17 fields of at most 1048576 octets",
    ),
    Hostile(
        name="a spec with digits of 1 GB",
        spec=lambda: "max_frame_bytes: 9999999999\nframe: [{a: {number: digits, width: 1000000000}}]\nmessages: [x]\n",
        refusal=":6:37 at most 1,000",
    ),
    Hostile(
        name="a spec with an expression of 100,000 brackets",
        spec=lambda: f"frame: [{{a: {{number: u8}}}}, {{check: '{'(' * 100_000}a{')' * 100_000}'}}]\n",
        refusal=":5:36 an expression over fields",
    ),
    Hostile(name="a length of a billion", spec=lambda: "netstring", octets=lambda: b"999999999:", refusal="0 oversize"),
    Hostile(
        name="64 MB of digits", spec=lambda: "netstring", octets=lambda: b"1" * (64 << 20), refusal="9 too_many_digits"
    ),
    Hostile(
        name="64 MB without a delimiter",
        spec=lambda: "delimited-crlf",
        octets=lambda: b"\r" * (64 << 20),
        refusal="1024 too_long",
    ),
    Hostile(
        name="64 MB of octets that go on",
        spec=lambda: "protobuf-delimited",
        octets=lambda: b"\x80" * (64 << 20),
        refusal="4 varint_too_long",
    ),
    Hostile(
        name="a list of 999,999,999 items",
        spec=lambda: "resp2",
        octets=lambda: b"*999999999\r\n",
        refusal="1 too_many_items",
    ),
    Hostile(
        name="lists 1,000,000 deep",
        spec=lambda: _LISTS,
        octets=lambda: b"(\x01" * 1_000_000,
        refusal="64 too_deep",
    ),
    Hostile(
        name="regions 200 deep",
        spec=lambda: _REGIONS,
        octets=_nested_regions,
        refusal="65 too_deep",
    ),
    Hostile(
        name="JSON 65,000 deep",
        spec=lambda: "ndjson",
        octets=lambda: b"[" * 65_000 + b"\n",
        refusal="0 bad_json",
    ),
    Hostile(
        name="JSON of 65,000 digits",
        spec=lambda: "ndjson",
        octets=lambda: b"9" * 65_000 + b"\n",
        refusal="0 bad_json",
    ),
    Hostile(
        name="64 MB of headers",
        spec=lambda: "http1",
        octets=lambda: b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (11 << 20),
        refusal="16402 too_long",
    ),
    Hostile(
        name="chunks of an octet each",
        spec=lambda: "http-like",
        octets=lambda: b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1_000_000,
        refusal="6030 too_many_items",
    ),
)


def measure() -> Iterator[Figure]:
    """Each in a process of its own: what it took, and the most memory that the process had."""
    for at, case in enumerate(HOSTILE):
        ended = subprocess.run(
            [sys.executable, "-m", "bench.hostile", str(at)], check=True, capture_output=True, text=True
        )
        seconds, mebibytes = map(float, ended.stdout.split())
        yield Figure(name=case.name, measured=seconds, unit="s", relation="<=", bound=_MOST_SECONDS)
        yield Figure(name=f"{case.name}: memory", measured=mebibytes, unit="MiB", relation="<=", bound=_MOST_MEBIBYTES)


def _measure_one(case: Hostile) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_LIMIT_SECONDS, _LIMIT_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_LIMIT_BYTES, _LIMIT_BYTES))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        outcome = case.outcome(Path(folder))
        seconds = time.perf_counter() - began
    assert outcome.startswith(case.refusal), outcome
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    _measure_one(HOSTILE[int(sys.argv[1])])
