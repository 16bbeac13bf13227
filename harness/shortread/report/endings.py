"""How a connection ended, in words that go on after "it", or stand for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shortread.evidence import Ending

ENDED: Mapping[str, str] = MappingProxyType(
    {
        Ending.CLOSED: "closed, after we had ended our side",
        Ending.CLOSED_EARLY: "closed, before we had ended our side",
        Ending.REFUSED: "refused the connection",
        Ending.RESET: "reset the connection",
        Ending.RESET_EARLY: "reset the connection, before we had ended our side",
        Ending.WAITING: "never closed: it waits for octets that will not come",
        Ending.SPINNING: "never closed: it spins, using the processor all the time",
        Ending.FLOODING: "sent more than any conversation asks for, and was cut off",
        Ending.TIMED_OUT: "had not closed when the patience ran out",
    }
)
"""What the implementation did; a results file may also say something that is none of these."""
