"""Titles and bodies that the operator writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import TemplateSyntaxError

from relay.config import ConfigurationError
from relay.config.routes import Template
from relay.lines import clean_line
from relay.rendering.templates.sandbox import TemplateFault, compile_template, render_template
from relay.rendering.templates.variables import all_variables, code_variables
from relay.rendering.view import EventView
from relay.rendering.wording import RenderedText, describe

__all__ = ["Templates"]

Variables = Mapping[str, Any]
_LONGEST_CAUSE = 300


class Templates:
    """The templates of a configuration, compiled, and tried on sample events.

    Raises:
        ConfigurationError: a template cannot be read, or fails on a sample.
    """

    def __init__(self, templates: Mapping[str, Template], samples: Iterable[EventView]) -> None:
        trials = [
            _variables(each, describe(each), code_only=code_only)
            for each in samples
            for code_only in (False, True)
        ]
        self._parts = {each: dict(_compile_parts(name, each, trials)) for name, each in templates.items()}

    def render(
        self, template: Template, view: EventView, default: RenderedText, *, code_only: bool
    ) -> RenderedText | None:
        """Return an event as a template renders it; None if the template fails.

        The default text replaces a part that the template does not have. With `code_only` the template only
        gets the code.
        """
        variables = _variables(view, default, code_only=code_only)
        try:
            parts = {name: render_template(each, variables) for name, each in self._parts[template].items()}
        except Exception:  # noqa: BLE001  (whatever is wrong with a template, the event is forwarded)
            return None
        title = clean_line(parts.get("title", "")) or default.title
        if "body" in parts:
            return RenderedText(title, parts["body"])
        return RenderedText(title, default.text, default.fields)


def _variables(view: EventView, text: RenderedText, *, code_only: bool) -> Variables:
    return code_variables(view, text) if code_only else all_variables(view, text)


def _compile_parts(
    name: str, template: Template, trials: Sequence[Variables]
) -> Iterator[tuple[str, jinja2.Template]]:
    for part, source in (("title", template.title), ("body", template.body)):
        if source is not None:
            key = f"templates.{name}.{part}"
            compiled = _compile(key, source, trials[0])
            for variables in trials:
                _try(key, compiled, variables)
            yield part, compiled


def _compile(key: str, source: str, variables: Variables) -> jinja2.Template:
    try:
        return compile_template(source, variables)
    except TemplateSyntaxError as error:
        raise ConfigurationError(f"{key}: line {error.lineno}: {_cause(error)}") from None
    except (TemplateFault, RecursionError) as error:
        raise ConfigurationError(f"{key}: {_cause(error)}") from None


def _try(key: str, template: jinja2.Template, variables: Variables) -> None:
    try:
        render_template(template, variables)
    except Exception as error:  # noqa: BLE001  (whatever it is, it must fail at the start, not on an SMS)
        raise ConfigurationError(f"{key}: fails for {variables['type']}: {_cause(error)}") from None


def _cause(error: Exception) -> str:
    return clean_line(str(error), _LONGEST_CAUSE) or type(error).__name__
