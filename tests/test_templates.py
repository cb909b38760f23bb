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


def told(
    text: str,
    said: Event | None = None,
    content: Visibility = "full",
    *,
    first_seen_at: float = SEEN,
    notes: tuple[str, ...] = (),
) -> Message:
    """Tell an event in the words of `short`, or in those of `template` in `text`."""
    renderer = Renderer(configured(text))
    spec = DeliverySpec("family", content=content, template="short")
    return renderer.message(
        said or event(sender="Mum", message="hello"), spec, key="", first_seen_at=first_seen_at, notes=notes
    )


# What a template makes


def test_a_template_gives_title_and_body() -> None:
    message = told(template("{{ text | upper }}\n-- {{ time }}", "{{ sender }} wrote"))

    assert message.title == "Mum wrote"
    assert message.text == "HELLO\n-- Mon 22 Jun 2026, 12:00"
    assert message.fields == ()


def test_what_a_template_does_not_say_is_said_in_the_usual_words() -> None:
    titled, bodied = told(template(title="From {{ sender }}")), told(template("{{ text }}!"))

    assert (titled.title, titled.text) == ("From Mum", "hello")
    assert titled.fields == (("Time", "Mon 22 Jun 2026, 12:00"),)
    assert (bodied.title, bodied.text, bodied.fields) == ("SMS from Mum", "hello!", ())


@pytest.mark.parametrize(
    ("source", "title"),
    [("{{ text }}", "two lines"), ("{{ '' }}", "SMS from Mum"), ("x" * 500, "x" * 199 + "…")],
)
def test_a_title_is_one_line_and_never_empty(source: str, title: str) -> None:
    assert told(template(title=source), event(sender="Mum", message="two\nlines")).title == title


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_text_comes_out_of_a_template_as_it_went_in(text: str) -> None:
    assert told(template("{{ text }}"), event(message=text)).text == text


def test_a_tag_in_a_template_is_a_tag_on_the_screen() -> None:
    assert told(template("<b>{{ text }}</b> & more"), event(message="<i>&")).text == "<b><i>&</b> & more"


def test_a_text_that_looks_like_a_template_is_text() -> None:
    assert told(template("{{ text }}"), event(message="{{ sender }}{% x %}")).text == "{{ sender }}{% x %}"


def test_notes_and_code_come_with_a_template_too() -> None:
    message = told(
        template("{{ text }}"), event(message=CODE), first_seen_at=SEEN + 3600, notes=("for work",)
    )

    assert message.notes == ("Arrived 1 h late", "for work")
    assert message.code == "481516"


def test_every_variable_has_its_value() -> None:
    said = event(
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

    assert told(template(source), said, first_seen_at=SEEN + 3600).text.splitlines() == list(values.values())


def test_a_template_may_loop_choose_and_cut() -> None:
    source = (
        "{% for label, value in fields %}\n{{ loop.index }} {{ label }}: {{ value }}\n{% endfor %}\n"
        "{% if text.startswith('he') and not code %}{{ text[:2] ~ '…' }}{{ 1 + 2 * 3 }}{% endif %}"
        "{% for i in range(3) %}{{ i }}{{ ',' if not loop.last }}{% endfor %}"
        "{{ subject | default('-', true) }}"
    )

    assert told(template(source)).text == "1 Time: Mon 22 Jun 2026, 12:00\nhe…70,1,2-"


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_can_be_used(name: str) -> None:
    value = "5" if name in {"abs", "float", "int"} else "['a', 'b']" if name in LISTS else "'abc'"

    assert told(template(f"{{{{ {value} | {name} }}}}")).title == "SMS from Mum"


# Which template


def test_the_route_wins_over_the_destination_and_one_that_is_gone_over_none() -> None:
    text = f'{template("by route")}\n[templates.own]\nbody = "by destination"\n'
    renderer = Renderer(configured(text + '[destinations.one]\ntype = "console"\ntemplate = "own"'))

    def body(spec: DeliverySpec) -> str:
        return renderer.message(event(message="hello"), spec, key="", first_seen_at=SEEN).text

    assert body(DeliverySpec("one", template="short")) == "by route"
    assert body(DeliverySpec("one")) == "by destination"
    assert body(DeliverySpec("one", template="gone")) == "by destination"
    assert body(DeliverySpec("family", template="gone")) == "hello"


# How much a template sees


def test_a_template_sees_what_its_reader_may_see() -> None:
    everything = "{{ sender }}|{{ text }}|{{ subject }}|{{ code }}|{{ fields }}|{{ attachments }}|{{ title }}"
    said = event(
        "mms:downloaded", sender="MyBank", body=CODE, subject="Photo", attachments=[{"name": "view.png"}]
    )

    assert told(template(everything), said, "masked").text == (
        "M••••k|Y••r M••••k c••e is ••••••|P•••o||[('Subject', 'P•••o'), "
        "('Time', 'Mon 22 Jun 2026, 12:00')]|['v••w.p•g']|MMS from M••••k"
    )
    assert told(template(everything), said, "code").text == "|||481516|[]|[]|One-time code"


@pytest.mark.parametrize("content", ["code", "none"])
def test_where_nothing_may_be_seen_no_template_is_used(content: Visibility) -> None:
    message = told(template("{{ type }} {{ text }}", "mine"), content=content)

    assert (message.title, message.text) == ("An SMS came", "")


# What stops the start


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ sendr }}", 'there is no "sendr"; there are: attachments, code, fields'),
        ("{% if code and late and reason %}{{ txt }}{% endif %}", 'there is no "txt"'),
        ("one\n{{ text", "line 2: unexpected end of template"),
        ("{% for x in fields %}", "line 1: Unexpected end of template"),
        ("{{ text | shout }}", 'line 1: no filter "shout"; there are: abs, capitalize'),
        ("{{ text if text is weird }}", 'line 1: no test "weird"'),
        ("{% include 'x' %}", "line 1: loops and conditions are all that a template may have"),
        ("x\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "line 2: loops and conditions"),
        ("{% block b %}{{ self.b() }}{% endblock %}", "loops and conditions"),
        ("{% for x in fields recursive %}{{ loop(fields) }}{% endfor %}", "loops and conditions"),
        ("{% set x %}{{ text }}{% endset %}", "loops and conditions"),
        ("{% filter upper %}{{ text }}{% endfilter %}", "loops and conditions"),
        ("{% set ns = namespace(x='a') %}", 'there is no "namespace"'),
        ("{{ lipsum(10 ** 6) }}", 'there is no "lipsum"'),
        ("{{ text.nothing }}", "fails for sms:received: 'str object' has no attribute 'nothing'"),
        ("{{ text.__class__.__mro__ }}", "fails for sms:received: access to attribute '__class__'"),
        ("{{ ''.join(fields) }}", "fails for sms:received: access to attribute 'join'"),
        ("{{ fields.count(1) }}", "fails for sms:received: access to attribute 'count'"),
        ("{{ 'x'.center(1000000000) }}", "fails for sms:received: access to attribute 'center'"),
        ("{{ 'x' * 1000000000 }}", "numbers are calculated with, without powers; text is joined with ~"),
        ("{{ '%1000000000d' % 5 }}", "text is joined with ~"),
        ("{{ 10 ** 10 ** 10 }}", "without powers"),
        ("{{ text + '!' }}", "text is joined with ~"),
        ("{% for i in range(10 ** 9) %}x{% endfor %}", "without powers"),
        ("{% for i in range(1000000000) %}x{% endfor %}", "a range has at most 1000 numbers"),
        (
            "{% for i in range(999) %}{% for j in range(999) %}{% endfor %}{% endfor %}",
            "its loops go round more than 10000 times",
        ),
        (
            "{% set x = 'x' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
            "it makes more than 1000000 characters",
        ),
        ("{{ subject.split('')[0] }}", "fails for sms:received: empty separator"),
        ("{{ 1 / (code | length) }}", "fails for sms:received: division by zero"),
        ("{{ attachments[0] }}", "fails for sms:received: list object has no element 0"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "templates.short.body: "),
    ],
)
def test_a_template_that_cannot_work_stops_the_start(source: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)) as stopped:
        told(template(source))
    assert str(stopped.value).startswith("templates.short.body: ")
    assert "\n" not in str(stopped.value)


def test_a_title_is_tried_as_well() -> None:
    with pytest.raises(ConfigurationError, match=r"^templates.short.title: there is no"):
        told(template("fine", "{{ nope }}"))


@pytest.mark.parametrize("event_type", ["app:started", "sms:failed", "call:missed"])
def test_a_template_is_tried_on_every_type(event_type: str) -> None:
    source = f"{{% if type == '{event_type}' and not time %}}{{{{ 1 / 0 }}}}{{% endif %}}"

    with pytest.raises(ConfigurationError, match=f"fails for {event_type}: division by zero"):
        told(template(source))


@pytest.mark.parametrize("source", ["'•' in text", "code and not sender"])
def test_a_template_is_tried_on_what_is_hidden_as_well(source: str) -> None:
    with pytest.raises(ConfigurationError, match="fails for sms:received: division by zero"):
        told(template(f"{{% if {source} %}}{{{{ 1 / 0 }}}}{{% endif %}}"))


# What fails later


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 / (text | length - 3) }}",
        "{% if text == 'two' %}{{ attachments[7] }}{% endif %}",
        "{% for i in range(99) %}{% for j in range(999 if text == 'two' else 1) %}{% endfor %}{% endfor %}",
    ],
)
def test_a_template_that_fails_on_a_message_falls_back_to_the_usual_words(source: str) -> None:
    message = told(template(source, "mine"), event(sender="Mum", message="two"), notes=("for work",))

    assert (message.title, message.text) == ("SMS from Mum", "two")
    assert message.notes == ("The template failed; these are the usual words", "for work")


def test_a_range_may_have_a_thousand_numbers() -> None:
    assert told(template("{% for i in range(1000) %}x{% endfor %}")).text == "x" * 1000


def test_a_template_that_makes_too_much_fails() -> None:
    source = "{% for i in range(100) %}{{ text }}{% endfor %}"

    assert told(template(source), event(message="x" * (LONGEST // 100))).text == "x" * LONGEST
    assert told(template(source), event(message="x" * (LONGEST // 100 + 1))).notes


def test_what_no_service_takes_never_leaves_a_template() -> None:
    assert told(template(r"{{ 'a\ud800b\0c' }}")).text == "a\ufffdb\ufffdc"
