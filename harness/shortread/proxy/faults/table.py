"""The faults of live traffic by name: those that strike at a place, then those that shape everything."""

from __future__ import annotations

from collections.abc import Mapping

from shortread.proxy.faults.close import Close
from shortread.proxy.faults.cut import Cut
from shortread.proxy.faults.effect import Shape, Strike
from shortread.proxy.faults.half_close import HalfClose
from shortread.proxy.faults.hold import Hold
from shortread.proxy.faults.join import Join
from shortread.proxy.faults.latency import Latency
from shortread.proxy.faults.pause import Pause
from shortread.proxy.faults.reset import Reset
from shortread.proxy.faults.silence import Silence
from shortread.proxy.faults.slice import Slice
from shortread.proxy.faults.slow_close import SlowClose
from shortread.proxy.faults.throttle import Throttle

EFFECTS: Mapping[str, type[Strike] | type[Shape]] = {
    "cut": Cut,
    "pause": Pause,
    "hold": Hold,
    "half-close": HalfClose,
    "close": Close,
    "reset": Reset,
    "silence": Silence,
    "latency": Latency,
    "throttle": Throttle,
    "slice": Slice,
    "join": Join,
    "slow-close": SlowClose,
}
