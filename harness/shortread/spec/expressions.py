"""The expressions of specs: conditions over the fields that have been parsed. Total: no loops, no user code.

The syntax is a subset of Python's: literals, names, `peer.NAME`, arithmetic on numbers, comparisons, `and or not`,
`in`, and the functions of `FUNCTIONS`. `none` is what an absent header or item is.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

MAX_EXPRESSION_CHARACTERS = 500
_MAX_DEPTH = 20
_MAX_DIGITS = 20

Lookup: TypeAlias = Callable[[str], Any]
"""The value of a name; raises KeyError for one that has none."""


class EvaluationError(Exception):
    """The values do not fit the expression: a name without a value, or an operation on the wrong kind."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; `names` are the fields that it speaks of."""

    text: str
    names: frozenset[str]
    _tree: ast.expr

    def evaluate(self, lookup: Lookup) -> Any:
        """The value. Raises EvaluationError."""
        try:
            return _evaluate(self._tree, lookup)
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise EvaluationError(f"{self.text}: {error}") from error


def parse_expression(text: str) -> Expression:
    """Check an expression. Raises ValueError with what is not allowed in it."""
    if len(text) > MAX_EXPRESSION_CHARACTERS:
        raise ValueError(f"more than {MAX_EXPRESSION_CHARACTERS} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"no expression: {error}") from error
    names = frozenset(_names(tree, depth=0))
    return Expression(text, names, tree)


def _number(value: Any) -> int:
    if isinstance(value, int):
        return value
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        return int(text)
    raise ValueError(f"{value!r} is no number")


def _lower(value: Any) -> Any:
    return value.lower()


def _header(headers: Any, name: str) -> Any:
    return next((value for key, value in headers if key.lower() == name.lower()), None)


FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any], str]] = {
    "len": (1, len, "how many octets, characters or items there are"),
    "num": (1, _number, "the number that text in digits says"),
    "lower": (1, _lower, "the same in lower case"),
    "starts": (
        2,
        lambda value, prefix: _comparable(value).startswith(_comparable(prefix)),
        "whether it begins with the prefix",
    ),
    "ends": (
        2,
        lambda value, suffix: _comparable(value).endswith(_comparable(suffix)),
        "whether it ends with the suffix",
    ),
    "word": (2, lambda value, at: (value.split() + [None] * (at + 1))[at], "the word at a place, from 0; or none"),
    "words": (1, lambda value: len(value.split()), "how many words there are"),
    "header": (2, _header, "the value of a header of that name, or none"),
}
"""Each function: how many arguments it takes, what it does, and how it is documented."""

_BINARY: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.RShift: operator.rshift,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


def _names(tree: ast.expr, *, depth: int) -> Iterator[str]:  # noqa: C901, PLR0912 - one case for each form
    """The names in an expression. Raises ValueError for whatever is not allowed."""
    if depth > _MAX_DEPTH:
        raise ValueError("too deeply nested")
    children: list[ast.expr] = []
    match tree:
        case ast.Constant(value=str() | int() | bytes()):
            pass
        case ast.Name(id=name):
            if name != "none":
                yield name
        case ast.Attribute(value=ast.Name(id="peer"), attr=attribute):
            yield f"peer.{attribute}"
        case ast.BoolOp(values=values):
            children = values
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            children = [operand]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            children = [left, right]
        case ast.Compare(left=left, ops=ops, comparators=comparators) if all(type(op) in _COMPARE for op in ops):
            children = [left, *comparators]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            children = elements
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if function in FUNCTIONS:
            if len(arguments) != FUNCTIONS[function][0]:
                raise ValueError(f"{function}() takes {FUNCTIONS[function][0]} arguments, not {len(arguments)}")
            children = arguments
        case _:
            raise ValueError(f"{ast.unparse(tree)!r} is not allowed; functions are {', '.join(FUNCTIONS)}")
    for child in children:
        yield from _names(child, depth=depth + 1)


def _evaluate(tree: ast.expr, lookup: Lookup) -> Any:  # noqa: C901, PLR0911 - one case for each form
    match tree:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return None if name == "none" else lookup(name)
        case ast.Attribute(attr=attribute):
            return lookup(f"peer.{attribute}")
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_evaluate(value, lookup) for value in values)
        case ast.BoolOp(values=values):
            return any(_evaluate(value, lookup) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _evaluate(operand, lookup)
        case ast.UnaryOp(operand=operand):
            return -_integer(_evaluate(operand, lookup))
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_integer(_evaluate(left, lookup)), _integer(_evaluate(right, lookup)))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _compare([left, *comparators], ops, lookup)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_evaluate(element, lookup) for element in elements]
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return FUNCTIONS[function][1](*(_evaluate(argument, lookup) for argument in arguments))
    raise TypeError(ast.unparse(tree))


def _compare(operands: list[ast.expr], ops: list[ast.cmpop], lookup: Lookup) -> bool:
    values = [_comparable(_evaluate(operand, lookup)) for operand in operands]
    return all(_COMPARE[type(op)](left, right) for op, left, right in zip(ops, values, values[1:], strict=False))


def _comparable(value: Any) -> Any:
    """Octets compare with the text that they spell, so that specs need no second kind of literal."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return [_comparable(item) for item in value] if isinstance(value, list) else value


def _integer(value: Any) -> int:
    if isinstance(value, int):
        return value
    raise TypeError(f"{value!r} is no number")
