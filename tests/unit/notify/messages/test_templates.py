"""Every template, under every law: nothing in one may be misspelt, and none compares the law's own words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, UndefinedError, nodes

from services.notify.messages import render
from services.notify.messages.handlers import CASE_CONTENT
from shared import municipalities
from shared.events.intake import ArrivalChannel
from shared.events.routing import CaseDecided, CaseDelayed, CasePayload, CaseSupplementRequested
from shared.swedish.law import AppealAuthority, LegalRegime, Registration
from tests.builders import a_submission, case_event
from tests.notify import PUBLIC_URL, a_leased_notification

ALVDALEN = municipalities.load(Path("municipalities"))["alvdalen"]
TEMPLATES = sorted(render.FOLDER.glob("*/*.txt"))
LANGUAGES = [path.name for path in render.FOLDER.iterdir() if path.is_dir()]


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each message about a case with its content: with all of it, and with none of what may be lacking."""
    for kind, fields in CASE_CONTENT.items():
        data = case_event(kind, a_submission()).data
        whole = {name: data[name] for name in fields}
        yield kind.NAME, whole
        lacking = {"due_on", "due_basis", "appeal"} & set(whole)
        yield kind.NAME, whole | dict.fromkeys(lacking) | ({"reasons": ""} if "reasons" in whole else {})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("confidential", [False, True])
@pytest.mark.parametrize("channel", ArrivalChannel)
def test_the_receipt_of_what_came_by_any_channel_can_be_rendered(
    channel: ArrivalChannel, language: str, confidential: bool
) -> None:
    content = {"attachments": 1, "deadline": None, "channel": channel, "received_on": "2026-11-20"}

    assert rendered("receipt", content, language=language, confidential=confidential).subject


def message_of(event_name: str) -> str:
    name = event_name.removeprefix("case.")
    other = {"message_sent": "message", "supplemented": "deadline_moved", "mail_received": "files_not_taken"}
    return other.get(name, name)


def rendered(message: str, content: dict[str, Any], **contact: Any) -> render.RenderedMessage:
    titles = {"sv": "Ansökan om bygglov", "en": "Application for a building permit"}
    notification = a_leased_notification(message=message, content=content, eservice_title=titles, **contact)
    return render.render(notification, ALVDALEN, PUBLIC_URL)


@pytest.mark.parametrize("regime", LegalRegime)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("confidential", [False, True])
def test_every_message_about_a_case_can_be_rendered_under_every_law(
    regime: LegalRegime, language: str, confidential: bool
) -> None:
    for event_name, content in contents():
        under = {"legal_regime": regime} if "legal_regime" in content else {}

        message = rendered(
            message_of(event_name), content | under, language=language, legal_regime=regime, confidential=confidential
        )

        assert message.subject
        assert message.language == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [CaseDelayed, CaseSupplementRequested])
def test_no_right_of_a_party_is_named_to_who_is_none(kind: type[CasePayload], language: str) -> None:
    data = case_event(kind, a_submission()).data
    message, content = message_of(kind.NAME), {name: data[name] for name in CASE_CONTENT[kind]}

    assert "förvaltningslagen" in rendered(message, content, language=language).text
    assert "förvaltningslagen" not in rendered(message, content, language=language, submitter_is_party=False).text


def test_a_decision_under_each_law_explains_the_right_appeal() -> None:
    data = case_event(CaseDecided, a_submission()).data
    whole = {name: data[name] for name in CASE_CONTENT[CaseDecided]}
    texts = {
        regime: " ".join(rendered("decided", whole | {"legal_regime": regime}).text.split()) for regime in LegalRegime
    }

    assert "Skicka överklagandet till oss" in texts[LegalRegime.FORVALTNINGSLAGEN]
    assert "laglighetsprövning (13 kap. kommunallagen)" in texts[LegalRegime.LAGLIGHETSPROVNING]
    assert "Skicka överklagandet till oss" in texts[LegalRegime.TRYCKFRIHETSFORORDNINGEN]
    assert "överklag" not in texts[LegalRegime.FAKTISKT_HANDLANDE]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_template_asks_of_the_law_exists(path: Path) -> None:
    for attribute in parsed(path).find_all(nodes.Getattr):
        if isinstance(attribute.node, nodes.Name) and attribute.node.name == "regime":
            assert isinstance(getattr(LegalRegime, attribute.attr, None), property), attribute.attr


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_compares_the_laws_own_words(path: Path) -> None:
    words = {*LegalRegime, *Registration, *AppealAuthority}

    assert not [each.value for each in parsed(path).find_all(nodes.Const) if each.value in words]
    assert not [each.name for each in parsed(path).find_all(nodes.Name) if each.name == "legal_regime"]


@pytest.mark.parametrize("source", ["{% if regime.has_decison %}x{% endif %}", "{{ legal_regime }}", "{{ regme }}"])
def test_a_misspelt_value_raises(source: str) -> None:
    template = render.environment("sv").from_string(source)

    with pytest.raises(UndefinedError):
        template.render(regime=LegalRegime.FORVALTNINGSLAGEN)


def parsed(path: Path) -> nodes.Template:
    return Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
