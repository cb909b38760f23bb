"""A sandbox for Jinja templates: they can access nothing, and their output and running time are bounded.

Text is joined with `~`, arithmetic is for numbers, and loops run a bounded number of rounds.
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
"""Code points that a template may produce."""
ROUNDS = 10_000
"""Rounds of all loops of a template together."""
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
    """A template does something that is not allowed; the message quotes nothing of an event."""


def compile_template(source: str, variables: Iterable[str]) -> Template:
    """Compile a template that may use these variables.

    Raises:
        TemplateFault: it uses something that is not allowed.
        jinja2.TemplateSyntaxError: it cannot be read.
    """
    tree = _Limiter().visit(_ENVIRONMENT.parse(source))
    tree.set_environment(_ENVIRONMENT)
    unknown = meta.find_undeclared_variables(tree).difference(variables, _ENVIRONMENT.globals)
    if unknown:
        raise TemplateFault(
            f'there is no variable "{min(unknown)}"; there are: {", ".join(sorted(variables))}'
        )
    return _ENVIRONMENT.from_string(tree)


def render_template(template: Template, variables: Mapping[str, Any]) -> str:
    """Render a template with these variables.

    Raises:
        Exception: any, depending on what the template does.
    """
    pieces: list[str] = []
    size = 0
    for piece in template.generate({**variables, _COUNTER: iter(range(ROUNDS))}):
        size += len(piece)
        pieces.append(_check_size(piece, size))
    return _UNSAFE.sub("\ufffd", "".join(pieces))


class _Limiter(NodeTransformer):
    """Refuses what a template may not use, and limits what it may."""

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        if isinstance(node, _FORBIDDEN) or getattr(node, "recursive", False):
            raise TemplateFault(f"line {node.lineno}: a template may only have loops and conditions")
        return super().visit(node, *args, **kwargs)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        node.iter = _wrap(node.iter, "_count_rounds")
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        return _wrap(self.generic_visit(node), "_check_size")

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        if node.name not in _ENVIRONMENT.filters:
            raise TemplateFault(
                f'line {node.lineno}: there is no filter "{node.name}"; there are: {", ".join(FILTERS)}'
            )
        return self.generic_visit(node)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802  (Jinja names it so)
        if node.name not in _ENVIRONMENT.tests:
            raise TemplateFault(f'line {node.lineno}: there is no test "{node.name}"')
        return self.generic_visit(node)


def _wrap(value: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno)


@pass_context
def _count_rounds(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    for each in items:
        if next(context[_COUNTER], None) is None:
            raise TemplateFault(f"its loops run more than {ROUNDS} rounds")
        yield each


def _check_size(text: str, size: int | None = None) -> str:
    if (len(text) if size is None else size) > LONGEST:
        raise TemplateFault(f"it produces more than {LONGEST} characters")
    return text


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _RANGE:
        raise TemplateFault(f"a range has at most {_RANGE} numbers")
    return numbers


class _Environment(ImmutableSandboxedEnvironment):
    """Limits the methods that templates may call, and their arithmetic."""

    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        allowed = attr in METHODS if isinstance(obj, str) else isinstance(obj, LoopContext)
        return allowed and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise TemplateFault("arithmetic is for numbers, without powers; join text with ~")
        return super().call_binop(context, operator, left, right)


_ENVIRONMENT = _Environment(
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals = {"range": _range}
_ENVIRONMENT.filters = {name: JINJA_FILTERS[name] for name in FILTERS}
_ENVIRONMENT.filters |= {"_count_rounds": _count_rounds, "_check_size": _check_size}
