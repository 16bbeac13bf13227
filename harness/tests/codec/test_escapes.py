"""Escapes are spans of their own, so that a fault can cut inside of one."""

from __future__ import annotations

import pytest

from shortread.codec.loading import load_codec
from shortread.faults.cuts import special_offsets
from shortread.spec.library import specs_folder
from shortread.stream import Role, Stream

ESCAPED = {
    "a table of escapes": ("delimited-escaped", b"a\\nb\\\\\n", [(1, 3), (4, 6)]),
    "SLIP": ("slip", b"a\xdb\xdcb\xc0", [(1, 3)]),
    "HDLC": ("hdlc", b"ab\x7d\x5ecd\x7e", [(2, 4)]),
    "nothing to escape": ("delimited-escaped", b"ab\n", []),
    "nothing at all": ("delimited-escaped", b"\n", []),
    "an escape alone": ("delimited-escaped", b"\\n\n", [(0, 2)]),
}


@pytest.mark.parametrize(("name", "wire", "escapes"), ESCAPED.values(), ids=ESCAPED)
def test_each_escape_has_a_span(name: str, wire: bytes, escapes: list[tuple[int, int]]) -> None:
    (frame,), violation = load_codec(specs_folder() / f"{name}.yaml").parse(wire)
    assert violation is None
    assert [(span.start, span.end) for span in frame.spans if span.role is Role.ESCAPE] == escapes
    assert [octet for span in frame.spans for octet in range(span.start, span.end)] == list(range(len(wire)))
    inside = {start + 1 for start, _ in escapes}
    assert inside <= set(special_offsets(Stream(frames=(frame,))))
