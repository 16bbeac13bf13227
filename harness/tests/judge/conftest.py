"""What the tests of judging share: one short conversation, `5:hello,3:foo,`, and its oracle."""

from __future__ import annotations

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.judge.oracle import Oracle
from shortread.spec.library import specs_folder
from shortread.stream import Conversation, Kind, Stream


@pytest.fixture(scope="session")
def codec() -> FrameCodec:
    """The codec of netstrings."""
    return load_codec(specs_folder() / "netstring.yaml")


@pytest.fixture(scope="session")
def oracle(codec: FrameCodec) -> Oracle:
    """The oracle of two messages: the first ends at octet 8, the second at octet 14."""
    stream = Stream(frames=(codec.build("hello"), codec.build("foo")))
    return Oracle(codec, Conversation(name="ordinary/1", kind=Kind.ORDINARY, stream=stream))
