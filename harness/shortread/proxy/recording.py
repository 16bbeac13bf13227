"""A good conversation as a spec of recorded turns."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field

from shortread.codec.frame_codec import FrameCodec
from shortread.errors import UsageError
from shortread.proxy.capture import NoTap
from shortread.spec.model import Spec, Turn
from shortread.value import Value


@dataclass
class Recording:
    """Hears what both sides of the first connection say; to be given to a proxy as its capture.

    `ended` is set when both sides have ended it in good order, and has an error when it was reset.
    """

    ended: asyncio.Future[None]
    said: list[tuple[bool, bytearray]] = field(default_factory=list)
    """Who spoke, the client or not, and what, turn after turn."""
    is_wanted = True
    _taps: int = 0
    _open: int = 2

    def tap(self, connection: socket.socket, *, is_client: bool) -> NoTap:
        """What hears one of the two sockets; those of later connections are not heard."""
        del connection
        self._taps += 1
        return _Tap(self, is_client=is_client) if self._taps <= 2 else NoTap()

    def hear(self, octets: bytes, *, is_client: bool) -> None:
        """One side has said something."""
        if not self.said or self.said[-1][0] != is_client:
            self.said.append((is_client, bytearray()))
        self.said[-1][1].extend(octets)

    def end_one(self) -> None:
        """One direction has ended."""
        self._open -= 1
        if self._open == 0 and not self.ended.done():
            self.ended.set_result(None)

    def fail(self) -> None:
        """The connection was reset."""
        if not self.ended.done():
            self.ended.set_exception(
                UsageError.single(
                    where="the conversation",
                    expected="both sides to end it in good order",
                    found="a reset",
                    remedy="record one that goes well; nothing was written",
                )
            )


class _Tap(NoTap):
    def __init__(self, recording: Recording, *, is_client: bool) -> None:
        self._recording = recording
        self._is_client = is_client

    def received(self, octets: memoryview) -> None:
        self._recording.hear(bytes(octets), is_client=self._is_client)

    def sent_end(self) -> None:
        self._recording.end_one()

    def reset(self, *, by_peer: bool) -> None:
        del by_peer
        self._recording.fail()


def as_spec(recording: Recording, *, name: str, codec: FrameCodec | None) -> Spec:
    """The turns as a spec; with a codec, each frame of the client is a turn that says its message.

    Raises UsageError when the client said nothing, or octets that are no frames of the codec.
    """
    if not any(is_client for is_client, _ in recording.said):
        raise UsageError.single(
            where="the conversation",
            expected="a client that says something",
            found="nothing",
            remedy="let the client talk to the address of --listen",
        )
    frames = iter(() if codec is None else _frames(recording, codec))
    turns: list[Turn] = []
    for is_client, octets in recording.said:
        if not is_client:
            turns.append(Turn(expect=bytes(octets)))
            continue
        if codec is None:
            turns.append(Turn(send=bytes(octets)))
            continue
        left = len(octets)
        while left > 0:
            message, wire = next(frames)
            turns.append(Turn(send=wire, message=message))
            left -= len(wire)
        if left < 0:
            raise _no_frames(codec, "a reply inside a frame")
    return Spec(
        shortread="spec/1",
        protocol=name,
        title=f"{name}, recorded",
        reference="a conversation that was recorded" if codec is None else codec.spec.reference,
        turns=turns,
    )


def _frames(recording: Recording, codec: FrameCodec) -> list[tuple[Value, bytes]]:
    octets = b"".join(bytes(said) for is_client, said in recording.said if is_client)
    frames, violation = codec.parse(octets)
    framed = sum(len(frame.wire) for frame in frames)
    if violation is not None or framed != len(octets):
        found = (
            f"{violation.code} at octet {violation.offset}" if violation else f"{len(octets) - framed} octets between"
        )
        raise _no_frames(codec, found)
    return [(frame.message, frame.wire) for frame in frames]


def _no_frames(codec: FrameCodec, found: str) -> UsageError:
    return UsageError.single(
        where="the conversation",
        expected=f"frames of {codec.spec.protocol} from the client",
        found=found,
        remedy="leave out --spec, or name the right one",
    )
