import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forwarders.base import Message
from relay.config import ConfigurationError
from relay.events import Event
from relay.model import DeliverySpec, Visibility
from relay.rendering import Renderer
from relay.rendering.templates.sandbox import FILTERS, LONGEST
from tests.configured import SEEN, configured, event

LISTS = {"first", "last", "list", "max", "min", "reject", "reverse", "select", "sort", "unique"}
CODE = "Your MyBank code is 481516"


def template(body: str = "", title: str = "") -> str:
    """Write `[templates.short]`."""
    parts = (("title", title), ("body", body))
    lines = [f"{key} = '''{source}'''" for key, source in parts if source]
    return "\n".join(["[templates.short]", *lines])


def render(
    text: str,
    incoming: Event | None = None,
    visibility: Visibility = "full",
    *,
    first_seen_at: float = SEEN,
    notes: tuple[str, ...] = (),
) -> Message:
    """Render an event with the template `short`, which `text` defines."""
    renderer = Renderer(configured(text))
    spec = DeliverySpec("family", content=visibility, template="short")
    return renderer.message(
        incoming or event(sender="Mum", message="hello"),
        spec,
        key="",
        first_seen_at=first_seen_at,
        notes=notes,
    )


# What a template makes


def test_a_template_gives_title_and_body() -> None:
    message = render(template("{{ text | upper }}\n-- {{ time }}", "{{ sender }} wrote"))

    assert message.title == "Mum wrote"
    assert message.text == "HELLO\n-- Mon 22 Jun 2026, 12:00"
    assert message.fields == ()


def test_a_part_without_a_template_has_the_default_text() -> None:
    titled, bodied = render(template(title="From {{ sender }}")), render(template("{{ text }}!"))

    assert (titled.title, titled.text) == ("From Mum", "hello")
    assert titled.fields == (("Time", "Mon 22 Jun 2026, 12:00"),)
    assert (bodied.title, bodied.text, bodied.fields) == ("SMS from Mum", "hello!", ())


@pytest.mark.parametrize(
    ("source", "title"),
    [("{{ text }}", "two lines"), ("{{ '' }}", "SMS from Mum"), ("x" * 500, "x" * 199 + "…")],
)
def test_a_title_is_one_line_and_never_empty(source: str, title: str) -> None:
    assert render(template(title=source), event(sender="Mum", message="two\nlines")).title == title


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_template_does_not_change_text(text: str) -> None:
    assert render(template("{{ text }}"), event(message=text)).text == text


def test_a_tag_in_a_template_is_plain_text() -> None:
    assert render(template("<b>{{ text }}</b> & more"), event(message="<i>&")).text == "<b><i>&</b> & more"


def test_a_text_that_looks_like_a_template_is_text() -> None:
    assert render(template("{{ text }}"), event(message="{{ sender }}{% x %}")).text == "{{ sender }}{% x %}"


def test_notes_and_code_are_kept_with_a_template() -> None:
    message = render(
        template("{{ text }}"), event(message=CODE), first_seen_at=SEEN + 3600, notes=("for work",)
    )

    assert message.notes == ("Arrived 1 h late", "for work")
    assert message.code == "481516"


def test_every_variable_has_its_value() -> None:
    incoming = event(
        "mms:downloaded",
        sender="Mum",
        recipient="+12025550143",
        simNumber=2,
        body=CODE,
        subject="Photo",
        reason="why",
        attachments=[{"name": "a.png"}, {}],
    )
    values = {
        "type": "mms:downloaded",
        "title": "MMS from Mum",
        "code": "481516",
        "late": "1 h",
        "sender": "Mum",
        "recipient": "+12025550143",
        "text": CODE,
        "subject": "Photo",
        "reason": "why",
        "attachments": "['a.png', '']",
        "phone": "",
        "sim": "2",
        "time": "Mon 22 Jun 2026, 12:00",
        "fields": "[('Subject', 'Photo'), ('SIM', '2'), ('Time', 'Mon 22 Jun 2026, 12:00')]",
    }
    source = "\n".join(f"{{{{ {name} }}}}" for name in values)

    assert render(template(source), incoming, first_seen_at=SEEN + 3600).text.splitlines() == list(
        values.values()
    )


def test_a_template_may_have_loops_conditions_and_slices() -> None:
    source = (
        "{% for label, value in fields %}\n{{ loop.index }} {{ label }}: {{ value }}\n{% endfor %}\n"
        "{% if text.startswith('he') and not code %}{{ text[:2] ~ '…' }}{{ 1 + 2 * 3 }}{% endif %}"
        "{% for i in range(3) %}{{ i }}{{ ',' if not loop.last }}{% endfor %}"
        "{{ subject | default('-', true) }}"
    )

    assert render(template(source)).text == "1 Time: Mon 22 Jun 2026, 12:00\nhe…70,1,2-"


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_can_be_used(name: str) -> None:
    value = "5" if name in {"abs", "float", "int"} else "['a', 'b']" if name in LISTS else "'abc'"

    assert render(template(f"{{{{ {value} | {name} }}}}")).title == "SMS from Mum"


# Which template


def test_the_template_of_the_route_wins_unless_it_no_longer_exists() -> None:
    text = f'{template("by route")}\n[templates.own]\nbody = "by destination"\n'
    renderer = Renderer(configured(text + '[destinations.one]\ntype = "console"\ntemplate = "own"'))

    def body(spec: DeliverySpec) -> str:
        return renderer.message(event(message="hello"), spec, key="", first_seen_at=SEEN).text

    assert body(DeliverySpec("one", template="short")) == "by route"
    assert body(DeliverySpec("one")) == "by destination"
    assert body(DeliverySpec("one", template="gone")) == "by destination"
    assert body(DeliverySpec("family", template="gone")) == "hello"


# How much a template sees


def test_a_template_sees_what_the_destination_may_see() -> None:
    everything = "{{ sender }}|{{ text }}|{{ subject }}|{{ code }}|{{ fields }}|{{ attachments }}|{{ title }}"
    incoming = event(
        "mms:downloaded", sender="MyBank", body=CODE, subject="Photo", attachments=[{"name": "view.png"}]
    )

    assert render(template(everything), incoming, "masked").text == (
        "M••••k|Y••r M••••k c••e is ••••••|P•••o||[('Subject', 'P•••o'), "
        "('Time', 'Mon 22 Jun 2026, 12:00')]|['v••w.p•g']|MMS from M••••k"
    )
    assert render(template(everything), incoming, "code").text == "|||481516|[]|[]|One-time code"


@pytest.mark.parametrize("content", ["code", "none"])
def test_no_template_is_used_if_nothing_may_be_seen(content: Visibility) -> None:
    message = render(template("{{ type }} {{ text }}", "mine"), visibility=content)

    assert (message.title, message.text) == ("An SMS came", "")


# What stops the start


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ sendr }}", 'there is no variable "sendr"; there are: attachments, code, fields'),
        ("{% if code and late and reason %}{{ txt }}{% endif %}", 'there is no variable "txt"'),
        ("one\n{{ text", "line 2: unexpected end of template"),
        ("{% for x in fields %}", "line 1: Unexpected end of template"),
        ("{{ text | shout }}", 'line 1: there is no filter "shout"; there are: abs, capitalize'),
        ("{{ text if text is weird }}", 'line 1: there is no test "weird"'),
        ("{% include 'x' %}", "line 1: a template may only have loops and conditions"),
        (
            "x\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "line 2: a template may only have loops and conditions",
        ),
        ("{% block b %}{{ self.b() }}{% endblock %}", "only have loops and conditions"),
        ("{% for x in fields recursive %}{{ loop(fields) }}{% endfor %}", "only have loops and conditions"),
        ("{% set x %}{{ text }}{% endset %}", "only have loops and conditions"),
        ("{% filter upper %}{{ text }}{% endfilter %}", "only have loops and conditions"),
        ("{% set ns = namespace(x='a') %}", 'there is no variable "namespace"'),
        ("{{ lipsum(10 ** 6) }}", 'there is no variable "lipsum"'),
        ("{{ text.nothing }}", "fails for sms:received: 'str object' has no attribute 'nothing'"),
        ("{{ text.__class__.__mro__ }}", "fails for sms:received: access to attribute '__class__'"),
        ("{{ ''.join(fields) }}", "fails for sms:received: access to attribute 'join'"),
        ("{{ fields.count(1) }}", "fails for sms:received: access to attribute 'count'"),
        ("{{ 'x'.center(1000000000) }}", "fails for sms:received: access to attribute 'center'"),
        ("{{ 'x' * 1000000000 }}", "arithmetic is for numbers, without powers; join text with ~"),
        ("{{ '%1000000000d' % 5 }}", "join text with ~"),
        ("{{ 10 ** 10 ** 10 }}", "without powers"),
        ("{{ text + '!' }}", "join text with ~"),
        ("{% for i in range(10 ** 9) %}x{% endfor %}", "without powers"),
        ("{% for i in range(1000000000) %}x{% endfor %}", "a range has at most 1000 numbers"),
        (
            "{% for i in range(999) %}{% for j in range(999) %}{% endfor %}{% endfor %}",
            "its loops run more than 10000 rounds",
        ),
        (
            "{% set x = 'x' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
            "it produces more than 1000000 characters",
        ),
        ("{{ subject.split('')[0] }}", "fails for sms:received: empty separator"),
        ("{{ 1 / (code | length) }}", "fails for sms:received: division by zero"),
        ("{{ attachments[0] }}", "fails for sms:received: list object has no element 0"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "templates.short.body: "),
    ],
)
def test_an_invalid_template_stops_the_start(source: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)) as stopped:
        render(template(source))
    assert str(stopped.value).startswith("templates.short.body: ")
    assert "\n" not in str(stopped.value)


def test_titles_are_tried_as_well() -> None:
    with pytest.raises(ConfigurationError, match=r"^templates.short.title: there is no variable"):
        render(template("fine", "{{ nope }}"))


@pytest.mark.parametrize("event_type", ["app:started", "sms:failed", "call:missed"])
def test_a_template_is_tried_on_every_type(event_type: str) -> None:
    source = f"{{% if type == '{event_type}' and not time %}}{{{{ 1 / 0 }}}}{{% endif %}}"

    with pytest.raises(ConfigurationError, match=f"fails for {event_type}: division by zero"):
        render(template(source))


@pytest.mark.parametrize("source", ["'•' in text", "code and not sender"])
def test_a_template_is_tried_on_hidden_content_as_well(source: str) -> None:
    with pytest.raises(ConfigurationError, match="fails for sms:received: division by zero"):
        render(template(f"{{% if {source} %}}{{{{ 1 / 0 }}}}{{% endif %}}"))


# What fails later


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 / (text | length - 3) }}",
        "{% if text == 'two' %}{{ attachments[7] }}{% endif %}",
        "{% for i in range(99) %}{% for j in range(999 if text == 'two' else 1) %}{% endfor %}{% endfor %}",
    ],
)
def test_a_template_that_fails_on_a_message_is_replaced_by_the_default_text(source: str) -> None:
    message = render(template(source, "mine"), event(sender="Mum", message="two"), notes=("for work",))

    assert (message.title, message.text) == ("SMS from Mum", "two")
    assert message.notes == ("The template failed; these are the usual words", "for work")


def test_a_range_may_have_a_thousand_numbers() -> None:
    assert render(template("{% for i in range(1000) %}x{% endfor %}")).text == "x" * 1000


def test_a_template_that_produces_too_much_fails() -> None:
    source = "{% for i in range(100) %}{{ text }}{% endfor %}"

    assert render(template(source), event(message="x" * (LONGEST // 100))).text == "x" * LONGEST
    assert render(template(source), event(message="x" * (LONGEST // 100 + 1))).notes


def test_a_template_produces_no_characters_that_services_refuse() -> None:
    assert render(template(r"{{ 'a\ud800b\0c' }}")).text == "a\ufffdb\ufffdc"
