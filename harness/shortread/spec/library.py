"""Finding and loading specs, by name or by path."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from shortread.errors import UsageError
from shortread.spec.lint import lint
from shortread.spec.model import Spec
from shortread.spec.validation import validate
from shortread.spec.yaml12 import Document, did_you_mean, load_file, require_kind

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def specs_folder() -> Path:
    """Where the specs that ship are: beside the package in a wheel, at the top level in a checkout."""
    in_wheel = _PACKAGE / "specs"
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parent.parent / "specs"


def spec_names() -> tuple[str, ...]:
    """The names of the specs that ship, in order."""
    return tuple(sorted(path.stem for path in specs_folder().glob("*.yaml")))


def find_spec(name_or_path: str, *, folder: Path) -> Path:
    """The file that a spec's name, or a path relative to `folder`, stands for. Raises UsageError for neither."""
    if name_or_path in spec_names():
        return specs_folder() / f"{name_or_path}.yaml"
    path = folder / name_or_path
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    raise UsageError.single(
        where="spec",
        expected="the name of a spec that ships, or the path of a YAML file",
        found=name_or_path,
        remedy=did_you_mean(name_or_path, spec_names()) or "see `shortread spec list`",
    )


def load_spec(path: Path) -> tuple[Spec, Document]:
    """Load and lint a spec. Raises UsageError with every problem in it."""
    document = load_file(path)
    require_kind(document, "spec", 1)
    spec = validate(Spec, document)
    problems = lint(spec, document)
    if problems:
        raise UsageError(problems)
    return spec, document
