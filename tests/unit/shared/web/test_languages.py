"""The reader's language."""

from datetime import date

import pytest
from flask import render_template_string

from shared.web import languages
from shared.web.languages import gettext, language, ngettext

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Hello %(name)s"
msgstr "Hej %(name)s"

msgid "%(num)s case"
msgid_plural "%(num)s cases"
msgstr[0] "%(num)s ärende"
msgstr[1] "%(num)s ärenden"

msgid "Not Found"
msgstr "Borta"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sv.po").write_text(PO)
    return tmp_path


@pytest.fixture
def reading(app, folder):
    """A request by somebody with these headers or this query."""
    languages.install(app, folder)
    return lambda path="/", **headers: app.test_request_context(path, headers=headers)


@pytest.mark.parametrize(
    ("path", "headers", "chosen"),
    [
        ("/", {}, "sv"),
        ("/", {"Accept-Language": "en-GB,en;q=0.9"}, "en"),
        ("/", {"Accept-Language": "fi, sv;q=0.5"}, "sv"),
        ("/", {"Accept-Language": "fi"}, "sv"),
        ("/", {"Accept-Language": ";;;q=å"}, "sv"),
        ("/", {"Accept-Language": "sv", "Cookie": "language=en"}, "en"),
        ("/?language=sv", {"Accept-Language": "en", "Cookie": "language=en"}, "sv"),
        ("/?lang=en", {}, "en"),
        ("/?lang=xx", {"Cookie": "language=yy"}, "sv"),
    ],
)
def test_query_then_cookie_then_browser_decide(reading, path, headers, chosen):
    with reading(path, **headers):
        assert language() == chosen


def test_a_choice_is_remembered(client):
    answer = client.get("/roads/form?language=en")

    assert "language=en" in str(answer.headers.getlist("Set-Cookie"))
    assert "language=" not in str(client.get("/roads/form").headers.getlist("Set-Cookie"))


def test_texts_are_in_the_readers_language(reading):
    with reading():
        assert gettext("Hello %(name)s", name="Åsa") == "Hej Åsa"
        assert ngettext("%(num)s case", "%(num)s cases", 1) == "1 ärende"
        assert ngettext("%(num)s case", "%(num)s cases", 3) == "3 ärenden"
        assert gettext("Not translated, 100 %") == "Not translated, 100 %"
        assert gettext("") == ""
    with reading("/?lang=en"):
        assert gettext("Hello %(name)s", name="Åsa") == "Hello Åsa"


def test_a_services_own_texts_come_before_the_shared_ones(reading):
    with reading():
        assert gettext("Not Found") == "Borta"
        assert gettext("Forbidden") == "Du har inte behörighet"


def test_templates_use_it_too(reading):
    template = "{{ language() }} {{ _('Hello %(name)s', name=name) }} {{ day|date }} {{ 1234.5|number }}"
    with reading():
        page = render_template_string(template, name="<b>", day=date(2026, 11, 23))

    assert page == "sv Hej &lt;b&gt; 23 november 2026 1\xa0234,5"


def test_outside_a_request_it_is_swedish():
    assert language() == "sv"
    assert gettext("Forbidden") == "Du har inte behörighet"
