"""What the tests of the catalogue share: the codecs of specs that ship, and small streams."""

from __future__ import annotations

from functools import cache

import pytest

from shortread.codec.frame_codec import FrameCodec
from shortread.codec.loading import load_codec
from shortread.spec.library import specs_folder


@cache
def _codec(protocol: str) -> FrameCodec:
    return load_codec(specs_folder() / f"{protocol}.yaml")


@pytest.fixture(scope="session")
def codec_of():
    """`codec_of(protocol)` is the codec of a spec that ships."""
    return _codec
