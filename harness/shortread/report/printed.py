"""Renderables as a string, the same on every machine: no variable of the environment has a say."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType


def printed(parts: Iterable[RenderableType], *, width: int, color: bool = False) -> str:
    """The parts one below the other; long lines stay whole. With `color`, with the escapes of 16 colours."""
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        _environ={},
    )
    for part in parts:
        console.print(part, soft_wrap=True, highlight=False)
    return file.getvalue()
