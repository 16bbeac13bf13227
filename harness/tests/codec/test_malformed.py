"""What a spec forbids is derived from it, and its parser refuses each case for the reason it was derived from."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.codec.malformed import malformed_frames
from shortread.codec.requests import Code
from shortread.spec.library import spec_names, specs_folder
from shortread.spec.model import Spec


@cache
def codec_of(protocol):
    return load_codec(specs_folder() / f"{protocol}.yaml")


@pytest.mark.parametrize("protocol", spec_names())
def test_every_case_is_refused_for_its_reason(protocol):
    codec = codec_of(protocol)
    told = {}
    for case in malformed_frames(codec):
        _, violation = codec.parse(case.octets)
        told[case.name] = violation and (violation.code, violation.offset)
    assert told == {case.name: (case.code, case.offset) for case in malformed_frames(codec)}


@pytest.mark.parametrize("protocol", spec_names())
def test_every_case_is_refused_byte_by_byte_too(protocol):
    codec = codec_of(protocol)
    for case in malformed_frames(codec):
        receiver = codec.receiver()
        for at in range(len(case.octets)):
            receiver.feed(case.octets[at : at + 1])
        _, violation = receiver.end()
        assert violation is not None, case.name
        assert (violation.code, violation.offset) == (case.code, case.offset), case.name


def test_the_cases_of_a_netstring():
    assert Counter(case.code for case in malformed_frames(codec_of("netstring"))) == {
        Code.EOF_INSIDE: 5,
        Code.NON_DIGIT_LENGTH: 4,
        Code.NO_DIGITS: 1,
        Code.TOO_MANY_DIGITS: 1,
        Code.LEADING_ZERO: 1,
        Code.OVERSIZE: 1,
        Code.CONST_MISMATCH: 1,
    }


def test_tags_checksums_and_limits_have_cases():
    spec = Spec.model_validate(
        {
            "shortread": "spec/1",
            "protocol": "tagged",
            "title": "Everything at once",
            "reference": "none",
            "frame": [
                {"kind": {"number": "u8", "min": 1, "max": 9}},
                {"value": {"choice": "kind", "cases": {1: "u16be", 2: [{"text": {"text": 3}}]}}},
                {"sum": {"checksum": "crc32", "number": "u32be", "over": ["kind", "value"]}},
            ],
            "messages": [{"kind": 1, "value": 7}],
        }
    )
    codes = {case.name: case.code for case in malformed_frames(FrameCodec(spec))}
    assert codes["an unknown tag in kind"] is Code.UNKNOWN_TAG
    assert codes["another number in sum"] is Code.BAD_CHECKSUM
    assert codes["one too much in kind"] is Code.OUT_OF_RANGE
    assert codes["one too little in kind"] is Code.OUT_OF_RANGE
