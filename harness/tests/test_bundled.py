"""Flawed implementations that ship: by which faults each is caught, and by which it cannot be.

That everything that ships gets the verdict and the findings that it declares is what the main job checks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import shortread
from shortread.implementations import find_manifests, load_manifest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts servers and looks at their sockets")

FOLDER = Path(__file__).parents[2] / "implementations"
BUNDLED = {str(path.parent.relative_to(FOLDER)): load_manifest(path) for path in find_manifests(FOLDER)}

FAULTS = frozenset({"whole", "together", "structure", "one-byte", "held", "half-close", "close"})

BY_MISTAKE: Mapping[str, tuple[str, str]] = {
    # The body in two reads: only what is cut shows it. Nothing comes of a body that the end cuts short, because
    # its comma is missing too.
    "c/netstring-body-one-recv": ("structure one-byte held", "whole together half-close close"),
    # Only a cut inside a character shows it; whether `held` has one is a matter of the sample messages. A line that
    # the end cuts short is dropped, as it must be.
    "javascript/crlf-tostring-per-chunk": ("structure one-byte", "whole together half-close close"),
    # A message in two events is lost, several in one event are not; to lose the start of one that the end cuts short
    # is right.
    "javascript/text-u16-data-event-is-message": ("structure one-byte held", "whole together half-close close"),
    # In the end the same octets have come back, wherever they were cut: it shows only where somebody looks before
    # the line is complete, or where it never will be.
    "python/crlf-no-framing": ("held half-close close", "whole together structure one-byte"),
    # CR and LF in two reads. `held` stops before the last octet of each message, which is there.
    "python/crlf-split-delimiter": ("structure one-byte held", "whole together half-close close"),
    # Two ends of lines in one read: `one-byte` cannot show it. More octets may free the line that waits (so `structure`
    # fails where the second segment brings two), the end of the stream does not.
    "python/crlf-withheld": ("together structure held half-close", "whole one-byte"),
    # Each read is answered, so anything that is not sixteen octets shows it; it never reads more than sixteen.
    "python/fixed-16-one-recv": ("structure one-byte held half-close close", "whole together"),
    # Every conversation ends.
    "python/fixed-16-spin-at-end": ("whole together structure one-byte held half-close close", ""),
    # Something must follow in the same read, if only the start of a message: with `one-byte` nothing ever does.
    "python/netstring-following-dropped": ("together structure held half-close", "whole one-byte"),
    "python/netstring-following-merged": ("together structure held half-close", "whole one-byte"),
    # The end inside a message, and somebody who is still there to be told: after `close` nobody is.
    "python/netstring-truncated-at-end": ("half-close", "whole together structure one-byte held close"),
    # Two pieces of a message; to lose one that the end cuts short is right.
    "python/fixed-16-joined-as-text": ("structure one-byte held", "whole together half-close close"),
    # As with netstring-following-merged.
    "python/text-u16-following-merged": ("together structure held half-close", "whole one-byte"),
    # A part of a body is answered at once, so the ends show it as well as the cuts.
    "python/text-u16-body-one-recv": ("structure one-byte held half-close close", "whole together"),
    # As with crlf-tostring-per-chunk.
    "python/text-u16-decode-per-read": ("structure one-byte", "whole together half-close close"),
    # The header in two reads. `held` stops after the first octet of each message, which is in it; to give up where
    # the stream ends inside the header is right.
    "python/text-u16-overwritten-header": ("structure one-byte held", "whole together half-close close"),
}
"""For mistakes that are easy to reason about: the faults that must show them, and those that cannot.

Only ordinary conversations count: a long message that does not fit into one read is cut without our help. What
comes of a reset, or of several connections, is not told here.
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The run of each from the results file of one check of them all."""
    results = tmp_path_factory.mktemp("bundled") / "results.json"
    options = ["--quiet", "--profile", "quick", "--jobs", "2", "--report", f"json={results}"]
    targets = [str(FOLDER / name) for name in BY_MISTAKE]
    command = [sys.executable, "-m", "shortread", "check", *targets, *options]
    environment = {**os.environ, "PYTHONPATH": str(Path(shortread.__file__).parents[1])}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    return dict(zip(BY_MISTAKE, json.loads(results.read_text())["runs"], strict=True))


@pytest.mark.parametrize("name", BY_MISTAKE)
def test_only_faults_that_can_show_a_mistake_do(name: str, runs: Mapping[str, Any]) -> None:
    if missing := BUNDLED[name].missing_programs:
        pytest.skip(f"{' and '.join(missing)} not installed")
    run = runs[name]
    ordinary = [family for family in run["by"] if family["conversation"].startswith("ordinary/")]
    failing = {family["fault"] for family in ordinary if family["failed"]}
    assert {family["fault"] for family in ordinary} >= FAULTS
    must_fail, cannot_fail = map(set, map(str.split, BY_MISTAKE[name]))
    assert must_fail <= failing
    assert not failing & cannot_fail


@pytest.mark.parametrize("name", BUNDLED)
def test_what_is_flawed_has_a_single_marked_line(name: str) -> None:
    sources = [path for path in (FOLDER / name).iterdir() if path.is_file()]
    assert sum(path.read_text().count("BUG:") for path in sources) == bool(BUNDLED[name].manifest.expect)
