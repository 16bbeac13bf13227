"""The drawing says where the cuts are, whatever the frames, the segments and the width."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from shortread.report.cuts import describe
from shortread.report.delivery import delivery_of
from shortread.report.drawing import draw
from shortread.results import FindingEvidence, FrameMark

FIELD_SIZES = st.lists(st.integers(0, 4) | st.integers(0, 300), min_size=1, max_size=3)


@st.composite
def evidences(draw):
    """Frames of some fields, cut into segments anywhere; the last octets may stay unsent."""
    frames = draw(st.lists(FIELD_SIZES, max_size=4))
    sizes = [(frame, size) for frame, fields in enumerate(frames) for size in fields]
    ends = [0, *accumulate(size for _, size in sizes)]
    fill = draw(st.sampled_from([b"a", b"\0"]))
    sent = draw(st.integers(0, ends[-1]))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, sent - 1)), max_size=8))) if sent > 1 else []
    edges = [0, *cuts, sent] if sent else []
    return FindingEvidence(
        replay="spec/ordinary/1@nonsense",
        segments=tuple((fill * (end - start)).hex() for start, end in pairwise(edges)),
        expected=(),
        observed=(),
        ended="waiting",
        marks=tuple(
            FrameMark(frame=frame, name=f"field-{at}", role="body", start=ends[at], end=ends[at + 1])
            for at, (frame, _) in enumerate(sizes)
        ),
    )


def rows(evidence, word, width):
    return [row.plain for label, row in draw(delivery_of(evidence), width) if label == word]


@given(evidences(), st.integers(60, 160))
def test_no_row_is_wider_than_asked_for(evidence, width):
    assert all(len(row) <= width for _, row in draw(delivery_of(evidence), width))


@given(evidences(), st.integers(60, 160))
def test_every_cut_is_drawn_once_and_above_an_edge_of_the_segments(evidence, width):
    delivery = delivery_of(evidence)
    octets, segments = rows(evidence, "octets", width), rows(evidence, "segments", width)
    bars = 0
    for above, below in zip(octets, segments, strict=False):
        inner = [at for at, sign in enumerate(above) if sign == "┃"]
        assert all(below[at] in "└┸┘" for at in inner)
        bars += sum(below[at] != "└" or at > 0 for at in inner)
    assert bars == len(delivery.edges)


@given(evidences(), st.integers(60, 160))
def test_every_octet_is_drawn_or_counted(evidence, width):
    counted = 0
    for row in rows(evidence, "octets", width):
        words = row.replace("┃", " ").replace(",", "").split()
        elided = [int(number) for number, unit in pairwise(words) if unit == "octets"]
        counted += sum(elided) + sum(word in ("a", "00", "░", "░░") for word in words)
    if delivery_of(evidence).total:
        assert counted == delivery_of(evidence).total


@given(evidences())
def test_every_cut_is_put_into_words(evidence):
    delivery = delivery_of(evidence)
    words = dict(describe(delivery))
    assert ("cut" in words or "cuts" in words) == bool(delivery.cuts)
    assert ("end" in words) == (len(delivery.sent) < delivery.total)


def test_an_edge_of_a_field_stands_exactly_above_its_octet(build):
    evidence = build("inside-length").runs[0].findings[0].evidence
    drawn = [row.plain for _, row in draw(delivery_of(evidence), 88)]
    assert drawn[1].index("│body") + 1 == drawn[2].index("6e")


def test_marks_may_be_missing():
    evidence = FindingEvidence(replay="x", segments=("6869", "0a"), expected=(), observed=(), ended="closed", marks=())
    assert [row.plain for _, row in draw(delivery_of(evidence), 80)] == [" h i┃\\n", "└1──┸2─┘"]
    assert describe(delivery_of(evidence)) == [("cut", ["at 2, after 2 of 3 octets"])]


def test_nothing_sent_is_said():
    evidence = FindingEvidence(replay="x", segments=(), expected=(), observed=(), ended="reset", marks=())
    assert [row.plain for _, row in draw(delivery_of(evidence), 80)] == ["(no octets)"]
