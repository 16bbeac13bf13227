"""What all proxies of one process share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shortread.codec.frame_codec import FrameCodec
from shortread.proxy.action_log import ActionLog
from shortread.proxy.boundary import Kernel
from shortread.proxy.capture import Capture
from shortread.proxy.fault import Direction
from shortread.proxy.hangups import Hangups
from shortread.proxy.metrics import Metrics
from shortread.proxy.recording import Recording
from shortread.proxy.relay import BUFFER_BYTES

Codecs = Mapping[Direction, FrameCodec]
"""How each direction is cut into messages; empty where nobody has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Whom to ask, whom to tell, how to parse, and where chance comes from."""

    kernel: Kernel
    hangups: Hangups
    log: ActionLog
    capture: Capture | Recording
    metrics: Metrics
    codecs: Codecs
    seed: int
    buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(BUFFER_BYTES)))
