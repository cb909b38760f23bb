"""Words of one's own for an event."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import TemplateSyntaxError

from relay.config import ConfigurationError
from relay.config.routes import Template
from relay.events import Event
from relay.lines import clean_line
from relay.rendering.report import Report
from relay.rendering.templates import samples, variables
from relay.rendering.templates.sandbox import TemplateFault, compiled, rendered
from relay.rendering.words import Words, in_full

__all__ = ["Templates"]

Variables = Mapping[str, Any]
Reporter = Callable[[Event, float, bool], Report]
"""Makes the report of an event, first seen at a moment (Unix seconds), masked or not."""
_CAUSE = 300


class Templates:
    """The templates of a configuration, compiled, and tried on samples of all types.

    Raises:
        ConfigurationError: one cannot be read, or fails on a sample.
    """

    def __init__(
        self, templates: Mapping[str, Template], report: Callable[[Event, float, bool], Report]
    ) -> None:
        reports = [
            report(event, samples.SEEN, masked) for event in samples.events() for masked in (False, True)
        ]
        trials = [_variables(each, in_full(each), alone) for each in reports for alone in (False, True)]
        self._parts = {each: dict(_parts(name, each, trials)) for name, each in templates.items()}

    def words(self, template: Template, report: Report, default: Words, *, code_alone: bool) -> Words | None:
        """Return an event in the words of a template; None if it fails.

        What a template does not say is said in the default words. `code_alone` leaves it nothing but the
        code to tell.
        """
        given = _variables(report, default, code_alone)
        try:
            said = {part: rendered(each, given) for part, each in self._parts[template].items()}
        except Exception:  # noqa: BLE001  (whatever a template does wrong, the event is told)
            return None
        title = clean_line(said.get("title", "")) or default.title
        if "body" in said:
            return Words(title, said["body"])
        return Words(title, default.text, default.fields)


def _variables(report: Report, words: Words, code_alone: bool) -> Variables:
    return variables.of_code(report, words) if code_alone else variables.of_all(report, words)


def _parts(
    name: str, template: Template, trials: Sequence[Variables]
) -> Iterator[tuple[str, jinja2.Template]]:
    for part, source in (("title", template.title), ("body", template.body)):
        if source is not None:
            key = f"templates.{name}.{part}"
            made = _compiled(key, source, trials[0])
            for variables in trials:
                _try(key, made, variables)
            yield part, made


def _compiled(key: str, source: str, variables: Variables) -> jinja2.Template:
    try:
        return compiled(source, variables)
    except TemplateSyntaxError as error:
        raise ConfigurationError(f"{key}: line {error.lineno}: {_cause(error)}") from None
    except (TemplateFault, RecursionError) as error:
        raise ConfigurationError(f"{key}: {_cause(error)}") from None


def _try(key: str, template: jinja2.Template, variables: Variables) -> None:
    try:
        rendered(template, variables)
    except Exception as error:  # noqa: BLE001  (whatever it is, it stops the start and not an SMS)
        raise ConfigurationError(f"{key}: fails for {variables['type']}: {_cause(error)}") from None


def _cause(error: Exception) -> str:
    return clean_line(str(error), _CAUSE) or type(error).__name__
