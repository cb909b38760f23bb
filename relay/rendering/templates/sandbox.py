"""Jinja as far as a template may use it: it reaches nothing, and can neither grow nor run on.

Text is joined with `~`, numbers are calculated with; loops go round a bounded number of times.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, meta, nodes, pass_context
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

LONGEST = 1_000_000
"""Code points that a template may make."""
ROUNDS = 10_000
"""How often all loops of a template may go round."""
FILTERS = (
    "abs", "capitalize", "count", "default", "first", "float", "int", "last", "length", "list", "lower",
    "max", "min", "reject", "reverse", "select", "sort", "string", "title", "trim", "truncate", "unique",
    "upper",
)  # fmt: skip
METHODS = (
    "capitalize", "count", "endswith", "find", "isalpha", "isdigit", "lower", "lstrip", "partition",
    "removeprefix", "removesuffix", "rpartition", "rstrip", "split", "splitlines", "startswith", "strip",
    "upper",
)  # fmt: skip

_RANGE = 1000
_COUNTER = "_rounds"
_FORBIDDEN = (
    nodes.AssignBlock,
    nodes.Block,
    nodes.CallBlock,
    nodes.Extends,
    nodes.FilterBlock,
    nodes.FromImport,
    nodes.Import,
    nodes.Include,
    nodes.Macro,
)
_UNSAFE = re.compile("[\0\ud800-\udfff]")


class TemplateFault(Exception):
    """A template asks for what it may not; the text quotes nothing of an event."""


def compiled(source: str, known: Iterable[str]) -> Template:
    """Compile a template that may use the `known` names.

    Raises:
        TemplateFault: it uses anything else.
        jinja2.TemplateSyntaxError: it cannot be read.
    """
    tree = _Bounds().visit(_ENVIRONMENT.parse(source))
    tree.set_environment(_ENVIRONMENT)
    strange = meta.find_undeclared_variables(tree).difference(known, _ENVIRONMENT.globals)
    if strange:
        raise TemplateFault(f'there is no "{min(strange)}"; there are: {", ".join(sorted(known))}')
    return _ENVIRONMENT.from_string(tree)


def rendered(template: Template, variables: Mapping[str, Any]) -> str:
    """Return what a template makes of the variables.

    Raises:
        Exception: whatever a template can do wrong.
    """
    made: list[str] = []
    size = 0
    for piece in template.generate({**variables, _COUNTER: iter(range(ROUNDS))}):
        size += len(piece)
        made.append(_sized(piece, size))
    return _UNSAFE.sub("\ufffd", "".join(made))


class _Bounds(NodeTransformer):
    """Refuses what a template may not use, and puts a bound on what it may."""

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        if isinstance(node, _FORBIDDEN) or getattr(node, "recursive", False):
            raise TemplateFault(f"line {node.lineno}: loops and conditions are all that a template may have")
        return super().visit(node, *args, **kwargs)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        node.iter = _filtered(node.iter, "_bounded")
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        return _filtered(self.generic_visit(node), "_sized")

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        if node.name not in _ENVIRONMENT.filters:
            raise TemplateFault(
                f'line {node.lineno}: no filter "{node.name}"; there are: {", ".join(FILTERS)}'
            )
        return self.generic_visit(node)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        if node.name not in _ENVIRONMENT.tests:
            raise TemplateFault(f'line {node.lineno}: no test "{node.name}"')
        return self.generic_visit(node)


def _filtered(value: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno)


@pass_context
def _bounded(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    for each in items:
        if next(context[_COUNTER], None) is None:
            raise TemplateFault(f"its loops go round more than {ROUNDS} times")
        yield each


def _sized(text: str, size: int | None = None) -> str:
    if (len(text) if size is None else size) > LONGEST:
        raise TemplateFault(f"it makes more than {LONGEST} characters")
    return text


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _RANGE:
        raise TemplateFault(f"a range has at most {_RANGE} numbers")
    return numbers


class _Environment(ImmutableSandboxedEnvironment):
    """What templates may call, and how they may calculate."""

    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        allowed = attr in METHODS if isinstance(obj, str) else isinstance(obj, LoopContext)
        return allowed and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise TemplateFault("numbers are calculated with, without powers; text is joined with ~")
        return super().call_binop(context, operator, left, right)


_ENVIRONMENT = _Environment(
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals = {"range": _range}
_ENVIRONMENT.filters = {name: JINJA_FILTERS[name] for name in FILTERS}
_ENVIRONMENT.filters |= {"_bounded": _bounded, "_sized": _sized}
