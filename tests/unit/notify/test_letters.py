"""What submitters read. Each letter is kept in golden/ as it looks; `ARENDE_RENEW_GOLDEN=1 pytest` writes them anew."""

import os
from pathlib import Path
from typing import Any

import pytest

from services.notify.messages import markup, render
from services.notify.messages.handlers import UNHEARD
from services.notify.messages.render import Letter
from services.notify.models import Contact, Notification
from shared import municipalities
from shared.database import Database
from shared.events.envelope import Event
from shared.events.intake import SubmissionReceived
from shared.events.routing import (
    Authority,
    CaseDecided,
    CaseMessageSent,
    CasePayload,
    CaseRegistered,
    CaseSupplementRequested,
)
from tests.builders import CASE_SAYS, a_submission, received, supplemented, told_of_case
from tests.unit.notify.conftest import PUBLIC_URL, Hear, everything

GOLDEN = Path(__file__).parent / "golden"
TENANTS = municipalities.load(Path("municipalities"))

LAGLIGHET = {"legal_regime": "laglighetsprovning", "appeal": None, "decided_by": "Kommunfullmäktige"}
COURT = Authority({"sv": "Förvaltningsrätten i Falun"}, "forvaltningsratten@domstol.example")
REPORT = {
    "eservice": "felanmalan",
    "regime": "faktiskt_handlande",
    "eservice_title": {"sv": "Felanmälan", "en": "Fault report"},
}
MENDED = {
    "legal_regime": "faktiskt_handlande",
    "outcome": "atgardat",
    "outcome_label": {"sv": "Åtgärdat", "en": "Mended"},
    "reasons": "Vi har bytt lampan i stolpe 114.",
    "decided_by": "Olle Olsson",
    "appeal": None,
}
TOLD = [kind for kind in CASE_SAYS if kind.NAME not in UNHEARD]
VARIANTS: dict[str, tuple[type[CasePayload], dict[str, Any], dict[str, Any]]] = {
    **{kind.NAME: (kind, {}, {}) for kind in TOLD},
    "case.decided-laglighetsprovning": (CaseDecided, {"regime": "laglighetsprovning"}, LAGLIGHET),
    "case.decided-laglighetsprovning-no-reasons": (
        CaseDecided,
        {"regime": "laglighetsprovning"},
        LAGLIGHET | {"reasons": "", "decided_by": "Anna Andersson", "appeal": COURT},
    ),
    "case.decided-faktiskt-handlande": (CaseDecided, REPORT, MENDED),
    "case.decided-faktiskt-handlande-no-reasons": (CaseDecided, REPORT, MENDED | {"reasons": ""}),
    "case.decided-faktiskt-handlande-secret": (CaseDecided, REPORT | {"secrecy": "OSL 26:1"}, MENDED),
    "case.decided-secret-no-reasons": (CaseDecided, {"secrecy": "OSL 26:1"}, {"reasons": ""}),
    "case.registered-no-deadline": (CaseRegistered, {}, {"due_on": None, "due_basis": None}),
    "case.supplement_requested-laglighetsprovning": (CaseSupplementRequested, {"regime": "laglighetsprovning"}, {}),
    **{f"{kind.NAME}-secret": (kind, {"secrecy": "OSL 26:1"}, {}) for kind in TOLD},
}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite"


def written(store: Database, hear: Hear, submission: SubmissionReceived, event: Event) -> Letter | None:
    """The letter that an event about a submission gives."""
    hear(received(submission), event)
    [contact] = everything(store, Contact)
    told = everything(store, Notification, event_id=event.id)
    return render.write(told[0], contact, TENANTS["alvdalen"], PUBLIC_URL) if told else None


def assert_golden(letter: Letter, name: str) -> None:
    """The letter must look as it is kept."""
    path = GOLDEN / f"{name}.{letter.language}.txt"
    looks = f"{letter.subject}\n\n{letter.text}\n{'=' * markup.WIDTH}\n\n{letter.html}\n"
    if os.environ.get("ARENDE_RENEW_GOLDEN") == "1":
        path.write_text(looks, encoding="utf-8")
    assert looks == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_told_of_a_case_reads_as_kept(store: Database, hear: Hear, name: str, language: str) -> None:
    kind, about, changes = VARIANTS[name]
    submission = a_submission(language=language, **about)

    letter = written(store, hear, submission, told_of_case(kind, submission, **changes))

    assert letter
    assert_golden(letter, name)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("secrecy", [None, "OSL 26:1"])
def test_the_receipt_reads_as_kept(store: Database, hear: Hear, language: str, secrecy: str | None) -> None:
    submission = a_submission(language=language, secrecy=secrecy)

    hear(received(submission))

    [contact] = everything(store, Contact)
    [notification] = everything(store, Notification)
    letter = render.write(notification, contact, TENANTS["alvdalen"], PUBLIC_URL)
    assert_golden(letter, "submission.received" + ("-secret" if secrecy else ""))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_receipt_of_a_supplement_reads_as_kept(store: Database, hear: Hear, language: str) -> None:
    submission = a_submission(language=language)

    letter = written(store, hear, submission, supplemented(submission))

    assert letter
    assert_golden(letter, "submission.supplemented")


def test_no_golden_letter_is_left_of_a_message_that_is_gone() -> None:
    names = {path.name.split(".", 2)[0] + "." + path.name.split(".")[1].split("-")[0] for path in GOLDEN.iterdir()}

    assert names <= {"submission.received", "submission.supplemented", *(kind.NAME for kind in TOLD)}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.name)
def test_every_letter_has_a_subject_short_lines_and_the_way_to_the_case(path: Path) -> None:
    head, _, _ = path.read_text(encoding="utf-8").partition("=" * markup.WIDTH)
    subject, blank, *lines = head.splitlines()

    assert 0 < len(subject) <= 78
    assert blank == ""
    assert f"{PUBLIC_URL}/alvdalen/arenden/7K4M-2QXH-9TRW" in lines
    assert all(len(line) <= markup.WIDTH or line.startswith("https://") for line in lines)
    assert "Kim" not in subject
    assert "\n\n\n" not in head.rstrip("\n")


def test_a_refusal_under_forvaltningslagen_says_how_to_appeal(store: Database, hear: Hear) -> None:
    submission = a_submission()

    letter = written(store, hear, submission, told_of_case(CaseDecided, submission))

    assert letter
    said = " ".join(letter.text.split())
    assert "inom tre veckor från den dag då du fick del av beslutet" in said
    assert "Skicka överklagandet till oss: Älvdalens kommun, kommun@alvdalen.example." in said
    assert "till Länsstyrelsen i Dalarnas län" in said


def test_a_decision_open_to_laglighetsprovning_names_the_court_and_the_notice_board(
    store: Database, hear: Hear
) -> None:
    submission = a_submission(regime="laglighetsprovning")

    letter = written(store, hear, submission, told_of_case(CaseDecided, submission, **LAGLIGHET))

    assert letter
    said = " ".join(letter.text.split())
    assert "Skicka överklagandet till förvaltningsrätten." in said
    assert "inom tre veckor från den dag då det tillkännagavs på kommunens anslagstavla" in said
    assert "fick del av beslutet" not in said


@pytest.mark.parametrize("regime", ["forvaltningslagen", "faktiskt_handlande", "tryckfrihetsforordningen"])
def test_without_an_authority_to_appeal_to_nothing_is_said_of_appeals(store: Database, hear: Hear, regime: str) -> None:
    submission = a_submission(regime=regime)

    letter = written(store, hear, submission, told_of_case(CaseDecided, submission, legal_regime=regime, appeal=None))

    assert letter
    assert "verklaga" not in letter.text


def test_a_request_for_supplement_states_the_consequence_and_the_last_day(store: Database, hear: Hear) -> None:
    submission = a_submission()

    letter = written(store, hear, submission, told_of_case(CaseSupplementRequested, submission))

    assert letter
    said = " ".join(letter.text.split())
    assert "senast den 14 december 2026 kan följden bli att ditt ärende inte tas upp till prövning" in said


def test_a_secret_matter_is_not_told_in_mail(store: Database, hear: Hear) -> None:
    submission = a_submission(secrecy="OSL 26:1")

    letter = written(store, hear, submission, told_of_case(CaseDecided, submission))

    assert letter
    for secret in ("bygglov", "Avslag", "detaljplanen", "Byggnadsnämnden"):
        assert secret.lower() not in f"{letter.subject}{letter.text}{letter.html}".lower()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*-secret*.txt")), ids=lambda path: path.name)
def test_no_law_or_board_in_mail_says_what_a_secret_matter_is(path: Path) -> None:
    letter = path.read_text(encoding="utf-8").lower()

    for telling in ("plan- och bygglagen", "planning and building", "pbl", "byggnadsnämnden", "building committee"):
        assert telling not in letter


def test_what_an_officer_writes_is_shown_and_never_obeyed(store: Database, hear: Hear) -> None:
    submission = a_submission()
    text = "# Rubrik\n\n<script>alert(1)</script>\n{{ 7 * 7 }}\nhttps://elsewhere.example"

    letter = written(store, hear, submission, told_of_case(CaseMessageSent, submission, text=text))

    assert letter
    assert "<script>" not in letter.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in letter.html
    assert "<h2" not in letter.html
    assert 'href="https://elsewhere' not in letter.html
    assert "    # Rubrik\n" in letter.text
    assert "{{ 7 * 7 }}" in letter.text


def test_an_unknown_language_is_answered_in_swedish(store: Database, hear: Hear) -> None:
    submission = a_submission(language="fi")

    letter = written(store, hear, submission, told_of_case(CaseRegistered, submission))

    assert letter
    assert letter.language == "sv"
