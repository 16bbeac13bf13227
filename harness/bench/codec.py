"""How fast octets become messages, and how fast specs are loaded."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from bench.figure import Figure
from bench.subjects import codec_of
from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.spec.library import spec_names, specs_folder
from shortread.spec.model import Spec

_READ_BYTES = 1 << 16
_RESP = {
    "types": {
        "value": [
            {"kind": {"bytes": 1}},
            {"value": {"choice": "kind", "cases": {"+": "line", ":": "line", "$": "bulk", "*": "array"}}},
        ],
        "line": [{"line": {"text": {"until": "\r\n"}, "max": 65536}}],
        "bulk": [
            {"length": {"number": "digits", "max_digits": 9, "sign": "allow", "counts": ["octets"], "absent": -1}},
            "\r\n",
            {
                "data": {
                    "choice": "when",
                    "when": [{"if": "length == -1", "then": "nothing"}],
                    "else": [{"octets": {"bytes": "counted"}}, "\r\n"],
                }
            },
        ],
        "array": [
            {"count": {"number": "digits", "max_digits": 9, "count_of": "items"}},
            "\r\n",
            {"items": {"repeat": "value", "count": "counted", "max": 1000}},
        ],
    },
    "frame": "value",
}
"""Requests and replies of Redis, as far as a benchmark needs them."""
_MEBIBYTE = 1 << 20
_LONGEST_BYTES = 64 * _MEBIBYTE


def measure() -> Iterator[Figure]:
    """Netstrings, RESP commands, one-byte pieces, and loading."""
    yield Figure(
        name="netstrings of 1 kB", measured=_netstring_megabytes_per_second(), unit="MB/s", relation=">=", bound=40
    )
    yield Figure(
        name="RESP commands (SET key value)",
        measured=_resp_commands_per_second(),
        unit="/s",
        relation=">=",
        bound=10_000,
    )
    small, large = (_seconds_per_byte_in_pieces(size) for size in (_MEBIBYTE, _LONGEST_BYTES))
    yield Figure(
        name="a byte of a 64 MiB message against one of 1 MiB, in 1-byte pieces",
        measured=large / small,
        unit="ratio",
        relation="<=",
        bound=2,
    )
    seconds = {name: _loading_seconds(name) for name in spec_names()}
    slowest = max(seconds.values()) * 1e3
    yield Figure(name="loading the slowest spec", measured=slowest, unit="ms", relation="<=", bound=50)
    every = sum(seconds.values())
    yield Figure(name=f"loading all {len(seconds)} specs", measured=every, unit="s", relation="<=", bound=0.5)


def _netstring_megabytes_per_second() -> float:
    codec = codec_of("netstring")
    octets = codec.build(b"x" * 1000).wire * 20_000
    return len(octets) / _parsing_seconds(codec, octets, frames=20_000) / 1e6


def _resp_commands_per_second() -> float:
    octets = b"*3\r\n$3\r\nSET\r\n$5\r\nhello\r\n$5\r\nworld\r\n" * 20_000
    return 20_000 / _parsing_seconds(_codec(_RESP), octets, frames=20_000)


def _parsing_seconds(codec: FrameCodec, octets: bytes, *, frames: int) -> float:
    receiver = codec.receiver()
    parsed = 0
    began = time.perf_counter()
    for start in range(0, len(octets), _READ_BYTES):
        parsed += len(receiver.feed(octets[start : start + _READ_BYTES]))
    seconds = time.perf_counter() - began
    assert parsed == frames
    return seconds


def _seconds_per_byte_in_pieces(size: int) -> float:
    receiver = _codec({"max_frame_bytes": _LONGEST_BYTES, "frame": {"fixed": size}}).receiver()
    feed = receiver.feed
    began = time.perf_counter()
    for _ in range(size):
        feed(b"x")
    seconds = time.perf_counter() - began
    assert receiver.complete_bytes == size
    return seconds / size


def _codec(framing: Mapping[str, object]) -> FrameCodec:
    head = {"shortread": "spec/1", "protocol": "bench", "title": "For a benchmark", "reference": "none"}
    return FrameCodec(Spec.model_validate({**head, **framing, "messages": ["x"]}))


def _loading_seconds(name: str) -> float:
    began = time.perf_counter()
    load_codec(specs_folder() / f"{name}.yaml")
    return time.perf_counter() - began
