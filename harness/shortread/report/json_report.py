"""The results file: the dataclasses of `results` as JSON, one key for each field, in the same order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shortread.errors import Problem, UsageError
from shortread.report.printable import elide
from shortread.results import Results

_FORMAT, _VERSION = "shortread-results", 1
_RESULTS: TypeAdapter[Results] = TypeAdapter(Results)
_SURROGATE = re.compile("[\ud800-\udfff]")
_REMEDY = "write the file again with `shortread check --report json=FILE`"
_MOST_PROBLEMS = 10

_EXPECTED: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "dict_type": "an object",
    "mapping_type": "an object",
    "dataclass_type": "an object",
    "dataclass_exact_type": "an object",
    "too_short": "more items",
    "too_long": "fewer items",
    "missing": "a value",
}
"""What pydantic asks for, by its error types, in our words."""


def to_json(results: Results) -> str:
    """The document, indented, with a line end at its end; the same results give the same text.

    A surrogate without its pair, which no file can hold, becomes its visible escape.
    """
    document = _RESULTS.dump_python(results, mode="json")
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text) + "\n"


def from_json(text: str, *, file: str) -> Results:
    """Read a document that `to_json` wrote; `file` is its name, for messages. Unknown keys are skipped.

    Raises UsageError for text that is no JSON, for another kind or version of document, and for wrong values.
    """
    _check_kind(_document(text, file), file)
    try:
        results = _RESULTS.validate_json(text, strict=True)
    except ValidationError as error:
        problems = error.errors(include_url=False)[:_MOST_PROBLEMS]
        raise UsageError([_problem(file, problem) for problem in problems]) from None
    except ValueError:  # text that no UTF-8 can hold
        raise _refusal(file, "text in UTF-8", "a surrogate without its pair") from None
    _check_segments(results, file)
    return results


def _document(text: str, file: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{file}:{error.lineno}:{error.colno}"
        found = "the end of the file" if error.pos >= len(text.rstrip()) else f"«{elide(text[error.pos :], 20)}»"
        raise _refusal(where, "JSON", found) from None
    except ValueError:  # a number of thousands of digits
        raise _refusal(file, "a results file", "a number beyond all bounds") from None
    except RecursionError:
        raise _refusal(file, "a results file", "lists or objects nested without end") from None


def _check_kind(document: object, file: str) -> None:
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        found = document.get("format", "no format") if isinstance(document, dict) else document
        raise _refusal(file, f"a results file, with the format {_FORMAT}", _shown(found))
    if document.get("version") != _VERSION or isinstance(document["version"], bool):
        found = _shown(document.get("version", "no version"))
        raise _refusal(f"{file}: version", f"version {_VERSION}", found)


def _check_segments(results: Results, file: str) -> None:
    """What the types cannot say: the octets of a segment are pairs of digits."""
    problems = [
        Problem(where=f"{file}: {place}", expected="octets in hexadecimal", found=_shown(segment), remedy=_REMEDY)
        for place, segment in _segments(results)
        if not _is_hexadecimal(segment)
    ]
    if problems:
        raise UsageError(problems[:_MOST_PROBLEMS])


def _segments(results: Results) -> Iterator[tuple[str, str]]:
    for at, run in enumerate(results.runs):
        for number, finding in enumerate(run.findings):
            for position, segment in enumerate(finding.evidence.segments):
                yield f"runs.{at}.findings.{number}.evidence.segments.{position}", segment


def _is_hexadecimal(text: str) -> bool:
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return True


def _problem(file: str, problem: Mapping[str, Any]) -> Problem:
    where = f"{file}: {'.'.join(elide(str(part), 40) for part in problem['loc'])}"
    kind, context = problem["type"], problem.get("ctx", {})
    expected = context["expected"] if kind in ("enum", "literal_error") else _EXPECTED.get(kind, "another value")
    found = "nothing" if kind == "missing" else _shown(problem["input"])
    return Problem(where=where, expected=expected, found=found, remedy=_REMEDY)


def _refusal(where: str, expected: str, found: str) -> UsageError:
    return UsageError.single(where=where, expected=expected, found=found, remedy=_REMEDY)


def _shown(value: object) -> str:
    if isinstance(value, dict | list | tuple):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return elide(str(value), 40)
