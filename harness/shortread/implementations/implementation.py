"""Implementations, as manifests and command lines describe them: found, loaded, and what their commands need."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from shortread.errors import UsageError
from shortread.implementations.manifest import Manifest, Pattern
from shortread.implementations.process import clean_environment
from shortread.judge.replies.transcript import Form
from shortread.spec.validation import validate
from shortread.spec.yaml12 import load_document, load_file, require_kind

MANIFEST_NAME = "implementation.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """A manifest and the folder in which its commands run (absolute)."""

    manifest: Manifest
    folder: Path

    @property
    def command(self) -> tuple[str, ...]:
        """The program and its arguments, with placeholders; for a function, the driver around it."""
        function = self.manifest.function
        return self.manifest.command if function is None else function.driver.command

    @property
    def is_for_one_connection(self) -> bool:
        """Whether it ends after one connection."""
        default = "connection" if self.manifest.role == "client" else "process"
        return (self.manifest.lifetime or default) == "connection"

    @property
    def replies_on_connection(self) -> bool:
        """Whether what it understood comes back on the connection, as far as the manifest tells."""
        function = self.manifest.function
        return self.manifest.reply != "transcript" and (function is None or function.send is not None)

    @property
    def transcript_form(self) -> Form:
        """How it prints messages."""
        form = self.manifest.transcript
        return re.compile(form.pattern) if isinstance(form, Pattern) else form

    @property
    def missing_programs(self) -> tuple[str, ...]:
        """Those that it requires and that are not installed here, Python modules among them."""
        return tuple(required for required in self.manifest.requires if not _is_installed(required))


def _is_installed(required: str) -> bool:
    kind, _, module = required.rpartition(":")
    if kind != "python":
        return shutil.which(required) is not None
    # Asked of the interpreter that is to run it, as it will be started: our own may have been told to look elsewhere.
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    command = (sys.executable, "-P", "-c", look, module)
    ended = subprocess.run(command, env=clean_environment({}), capture_output=True, check=False)
    return ended.returncode == 0


def load_manifest(path: Path) -> Implementation:
    """Load a manifest file. Raises UsageError with every problem in it."""
    document = load_file(path)
    require_kind(document, "implementation", 1)
    manifest = validate(Manifest, document)
    wanted, other = ("function", "command") if manifest.role == "function" else ("command", "function")
    if not getattr(manifest, wanted) or getattr(manifest, other):
        raise UsageError.single(
            where=document.where(("role",)),
            expected=f"{wanted}, and no {other}, for the role {manifest.role}",
            found=other if getattr(manifest, other) else f"no {wanted}",
            remedy="write for example: "
            + ('command: [./server, "{port}"]' if wanted == "command" else "function: {receive: module:receive}"),
        )
    return Implementation(manifest=_with_driver(manifest), folder=path.resolve().parent)


def _with_driver(manifest: Manifest) -> Manifest:
    """The manifest with what the driver around its function requires, and how that is built."""
    if manifest.function is None:
        return manifest
    driver = manifest.function.driver
    additions = {"requires": (*manifest.requires, *driver.requires), "build": (*manifest.build, *driver.build)}
    return manifest.model_copy(update=additions)


def from_command(
    spec: str, command: Sequence[str], keys: Mapping[str, object] = MappingProxyType({}), *, folder: Path | None = None
) -> Implementation:
    """An implementation without a manifest, run in `folder` (default: the current one).

    A server, unless further `keys` of a manifest say otherwise. Raises UsageError for an empty command, an unknown
    placeholder, or a key that is wrong.
    """
    if not command:
        raise UsageError.single(
            where="the command line",
            expected="a command after --",
            found="nothing",
            remedy='write for example: -- python3 server.py "{port}"',
        )
    return _unwritten(
        {"name": shlex.join(command), "spec": spec, "role": "server", "command": [*command], **keys}, folder
    )


def from_function(spec: str, function: Mapping[str, str], *, folder: Path | None = None) -> Implementation:
    """A function without a manifest; keys and values are those of `function:` in one, with a path before the file.

    It runs in the folder of its file. Raises UsageError for one that is wrong.
    """
    name = function.get("receive", "")
    path, _, receive = name.rpartition(":")
    chosen = (folder or Path.cwd()) / Path(path).parent
    here = {**function, "receive": f"{Path(path).name}:{receive}"}
    return _unwritten({"name": name, "spec": spec, "role": "function", "function": here}, chosen)


def _unwritten(keys: Mapping[str, object], folder: Path | None) -> Implementation:
    text = json.dumps({"shortread": "implementation/1", **keys}, ensure_ascii=False)
    where = "the command line"
    try:
        manifest = validate(Manifest, load_document(text, file=where))
    except UsageError as error:
        raise UsageError([replace(problem, where=where) for problem in error.problems]) from None
    return Implementation(manifest=_with_driver(manifest), folder=(folder or Path.cwd()).resolve())


def find_manifests(target: Path) -> tuple[Path, ...]:
    """The manifests that a target stands for, sorted: a file, a folder with one, or a folder of such folders.

    A folder that has one is not searched further, nor is one whose name begins with a dot. Raises UsageError
    when there is none.
    """
    if target.is_file():
        return (target,)
    found = tuple(sorted(_manifests_below(target))) if target.is_dir() else ()
    if not found:
        raise UsageError.single(
            where=str(target),
            expected=f"a manifest, a folder with {MANIFEST_NAME}, or a folder of such folders",
            found=f"a folder without {MANIFEST_NAME} in it or below it"
            if target.is_dir()
            else "no such file or folder",
            remedy="write one (see «Test your own» in the README), or give the command: --spec SPEC -- COMMAND …",
        )
    return found


def _manifests_below(folder: Path) -> Iterator[Path]:
    if (folder / MANIFEST_NAME).is_file():
        yield folder / MANIFEST_NAME
        return
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            yield from _manifests_below(entry)


def placeholder_values(implementation: Implementation, *, host: str, port: int) -> dict[str, str]:
    """What the placeholders of a command stand for."""
    return {**build_values(implementation), "host": host, "port": str(port)}


def build_values(implementation: Implementation) -> dict[str, str]:
    """What the placeholders of a build command stand for."""
    return {"python": sys.executable, "dir": str(implementation.folder)}
