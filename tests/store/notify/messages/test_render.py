"""What submitters read. Each message is kept in golden/ as it looks; `ARENDE_RENEW_GOLDEN=1 pytest` renews them."""

import os
import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notify.contacts.models import Contact
from services.notify.delivery.models import Notification
from services.notify.messages import markup
from services.notify.messages.handlers import EVENTS_WITHOUT_MESSAGE
from services.notify.messages.render import RenderedMessage, render
from shared import municipalities
from shared.database import Database
from shared.events.envelope import Event
from shared.events.intake import (
    Answer,
    ArrivalChannel,
    SubmissionReceived,
    SubmissionSupplemented,
    Submitter,
    SubmitterKind,
)
from shared.events.routing import (
    Authority,
    CaseDecided,
    CaseDelayed,
    CaseMailReceived,
    CaseMessageSent,
    CasePayload,
    CaseRegistered,
    CaseSupplementRequested,
    CaseTransferred,
    SentDocument,
)
from tests.builders import (
    CASE_DATA,
    NOON,
    a_submission,
    an_arrival,
    an_attachment,
    case_event,
    draft_closing,
    received,
    supplemented,
)
from tests.notify import PUBLIC_URL, Receive, a_mail_builder, everything, leased_of

GOLDEN = Path(__file__).parent / "golden"
MUNICIPALITIES = municipalities.load(Path("municipalities"))

LEGALITY_REVIEW = {"legal_regime": "laglighetsprovning", "appeal": None, "decided_by": "Kommunfullmäktige"}
COURT = Authority({"sv": "Förvaltningsrätten i Falun"}, "forvaltningsratten@domstol.example")
REPORT = {
    "eservice": "felanmalan",
    "regime": "faktiskt_handlande",
    "eservice_title": {"sv": "Felanmälan", "en": "Fault report"},
}
REPAIRED = {
    "legal_regime": "faktiskt_handlande",
    "outcome": "atgardat",
    "outcome_label": {"sv": "Åtgärdat", "en": "Mended"},
    "reasons": "Vi har bytt lampan i stolpe 114.",
    "decided_by": "Olle Olsson",
    "appeal": None,
}
PLAN = SentDocument(uuid4(), "ritning.pdf", "application/pdf", 2_400_000, "a" * 64)
WITH_MESSAGE = [kind for kind in CASE_DATA if kind.NAME not in EVENTS_WITHOUT_MESSAGE]
VARIANTS: dict[str, tuple[type[CasePayload], dict[str, Any], dict[str, Any]]] = {
    **{kind.NAME: (kind, {}, {}) for kind in WITH_MESSAGE},
    "case.decided-laglighetsprovning": (CaseDecided, {"regime": "laglighetsprovning"}, LEGALITY_REVIEW),
    "case.decided-laglighetsprovning-no-reasons": (
        CaseDecided,
        {"regime": "laglighetsprovning"},
        LEGALITY_REVIEW | {"reasons": "", "decided_by": "Anna Andersson", "appeal": COURT},
    ),
    "case.decided-faktiskt-handlande": (CaseDecided, REPORT, REPAIRED),
    "case.decided-faktiskt-handlande-no-reasons": (CaseDecided, REPORT, REPAIRED | {"reasons": ""}),
    "case.decided-faktiskt-handlande-secret": (CaseDecided, REPORT | {"secrecy": "OSL 26:1"}, REPAIRED),
    "case.decided-secret-no-reasons": (CaseDecided, {"secrecy": "OSL 26:1"}, {"reasons": ""}),
    "case.registered-no-deadline": (CaseRegistered, {}, {"due_on": None, "due_basis": None}),
    "case.transferred-with-open-request": (CaseTransferred, {}, {"answer_by": date(2026, 12, 14)}),
    "case.delayed-laglighetsprovning": (CaseDelayed, {"regime": "laglighetsprovning"}, {"expected_on": None}),
    "case.supplement_requested-laglighetsprovning": (CaseSupplementRequested, {"regime": "laglighetsprovning"}, {}),
    "case.mail_received-files": (CaseMailReceived, {}, {"files_not_taken": 3}),
    "case.message_sent-documents": (CaseMessageSent, {}, {"documents": [PLAN]}),
    "case.supplement_requested-documents": (CaseSupplementRequested, {}, {"documents": [PLAN, PLAN]}),
    "case.decided-documents": (CaseDecided, {}, {"documents": [PLAN]}),
    "case.decided-faktiskt-handlande-documents": (CaseDecided, REPORT, REPAIRED | {"documents": [PLAN, PLAN]}),
    **{f"{kind.NAME}-secret": (kind, {"secrecy": "OSL 26:1"}, {}) for kind in WITH_MESSAGE},
}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind of store is enough: what is rendered is the same from both."""
    return f"sqlite:///{tmp_path}/store.sqlite"


def rendered(store: Database, receive: Receive, submission: SubmissionReceived, event: Event) -> RenderedMessage | None:
    """The message that an event about a submission gives."""
    receive(received(submission), event)
    [contact] = everything(store, Contact)
    found = everything(store, Notification, event_id=event.id)
    return render(leased_of(found[0], contact), MUNICIPALITIES["alvdalen"], PUBLIC_URL) if found else None


def assert_golden(message: RenderedMessage, name: str) -> None:
    """The message must look as it is kept."""
    path = GOLDEN / f"{name}.{message.language}.txt"
    looks = f"{message.subject}\n\n{message.text}\n{'=' * markup.WIDTH}\n\n{message.html}\n"
    if os.environ.get("ARENDE_RENEW_GOLDEN") == "1":
        path.write_text(looks, encoding="utf-8")
    assert looks == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", VARIANTS)
def test_each_message_about_a_case_reads_as_kept(store: Database, receive: Receive, name: str, language: str) -> None:
    kind, about, changes = VARIANTS[name]
    submission = a_submission(language=language, **about)

    message = rendered(store, receive, submission, case_event(kind, submission, **changes))

    assert message
    assert_golden(message, name)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("secrecy", [None, "OSL 26:1"])
def test_the_receipt_reads_as_kept(store: Database, receive: Receive, language: str, secrecy: str | None) -> None:
    submission = a_submission(language=language, secrecy=secrecy)

    receive(received(submission))

    [contact] = everything(store, Contact)
    [notification] = everything(store, Notification)
    message = render(leased_of(notification, contact), MUNICIPALITIES["alvdalen"], PUBLIC_URL)
    assert_golden(message, "submission.received" + ("-secret" if secrecy else ""))


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(("channel", "secrecy"), [(ArrivalChannel.LETTER, None), (ArrivalChannel.COUNTER, "OSL 26:1")])
def test_the_receipt_of_what_an_officer_entered_reads_as_kept(
    store: Database, receive: Receive, language: str, channel: ArrivalChannel, secrecy: str | None
) -> None:
    submission = a_submission(language=language, secrecy=secrecy, arrival=an_arrival(channel=channel))

    receive(received(submission))

    [contact] = everything(store, Contact)
    [notification] = everything(store, Notification)
    message = render(leased_of(notification, contact), MUNICIPALITIES["alvdalen"], PUBLIC_URL)
    assert_golden(message, f"submission.received-{channel}" + ("-secret" if secrecy else ""))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_receipt_of_a_supplement_reads_as_kept(store: Database, receive: Receive, language: str) -> None:
    submission = a_submission(language=language)

    message = rendered(store, receive, submission, supplemented(submission))

    assert message
    assert_golden(message, "submission.supplemented")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("secrecy", [None, "OSL 26:1"])
def test_the_reminder_about_a_draft_reads_as_kept(
    store: Database, receive: Receive, language: str, secrecy: str | None
) -> None:
    event = draft_closing(language=language, secrecy=secrecy, draft_id=UUID(int=7))

    receive(event)

    [contact] = everything(store, Contact)
    [notification] = everything(store, Notification)
    message = render(leased_of(notification, contact), MUNICIPALITIES["alvdalen"], PUBLIC_URL)
    assert_golden(message, "draft.closing_soon" + ("-secret" if secrecy else ""))
    assert ("ferie" in message.text.lower() or "holiday" in message.text) is not bool(secrecy)


def test_no_golden_file_is_left_of_a_message_that_is_gone() -> None:
    names = {path.name.split(".", 2)[0] + "." + path.name.split(".")[1].split("-")[0] for path in GOLDEN.iterdir()}

    others = {"submission.received", "submission.supplemented", "draft.closing_soon"}
    assert names <= {*others, *(kind.NAME for kind in WITH_MESSAGE)}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.name)
def test_every_message_has_a_subject_short_lines_and_a_link_to_the_case_or_draft_alone(path: Path) -> None:
    head, _, _ = path.read_text(encoding="utf-8").partition("=" * markup.WIDTH)
    subject, blank, *lines = head.splitlines()

    assert 0 < len(subject) <= 78
    assert blank == ""
    assert any(each.startswith(f"{PUBLIC_URL}/alvdalen/") for each in lines)
    assert (f"{PUBLIC_URL}/alvdalen/arenden/7K4M-2QXH-9TRW" in lines) is not path.name.startswith("draft.")
    assert all(len(line) <= markup.WIDTH or line.startswith("https://") for line in lines)
    assert "Kim" not in subject
    assert "\n\n\n" not in head.rstrip("\n")


def test_a_refusal_under_forvaltningslagen_explains_how_to_appeal(store: Database, receive: Receive) -> None:
    submission = a_submission()

    message = rendered(store, receive, submission, case_event(CaseDecided, submission))

    assert message
    text = " ".join(message.text.split())
    assert "inom tre veckor från den dag då du fick del av beslutet" in text
    assert "Skicka överklagandet till oss: Älvdalens kommun, kommun@alvdalen.example." in text
    assert "till Länsstyrelsen i Dalarnas län" in text


def test_a_decision_open_to_laglighetsprovning_names_the_court_and_the_notice_board(
    store: Database, receive: Receive
) -> None:
    submission = a_submission(regime="laglighetsprovning")

    message = rendered(store, receive, submission, case_event(CaseDecided, submission, **LEGALITY_REVIEW))

    assert message
    text = " ".join(message.text.split())
    assert "Skicka överklagandet till förvaltningsrätten." in text
    assert "inom tre veckor från den dag då det tillkännagavs på kommunens anslagstavla" in text
    assert "fick del av beslutet" not in text


@pytest.mark.parametrize("regime", ["forvaltningslagen", "faktiskt_handlande", "tryckfrihetsforordningen"])
def test_without_an_authority_to_appeal_to_appeals_are_not_mentioned(
    store: Database, receive: Receive, regime: str
) -> None:
    submission = a_submission(regime=regime)

    message = rendered(
        store, receive, submission, case_event(CaseDecided, submission, legal_regime=regime, appeal=None)
    )

    assert message
    assert "verklaga" not in message.text


def test_a_request_for_supplement_states_the_consequence_and_the_last_day(store: Database, receive: Receive) -> None:
    submission = a_submission()

    message = rendered(store, receive, submission, case_event(CaseSupplementRequested, submission))

    assert message
    text = " ".join(message.text.split())
    assert "senast den 14 december 2026 kan följden bli att ditt ärende inte tas upp till prövning" in text


def test_a_secret_case_is_not_in_its_mail(store: Database, receive: Receive) -> None:
    submission = a_submission(secrecy="OSL 26:1")

    message = rendered(store, receive, submission, case_event(CaseDecided, submission))

    assert message
    for secret in ("bygglov", "Avslag", "detaljplanen", "Byggnadsnämnden"):
        assert secret.lower() not in f"{message.subject}{message.text}{message.html}".lower()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*-secret*.txt")), ids=lambda path: path.name)
def test_no_law_or_board_in_mail_reveals_what_a_secret_case_is_about(path: Path) -> None:
    message = path.read_text(encoding="utf-8").lower()

    for revealing in ("plan- och bygglagen", "planning and building", "pbl", "byggnadsnämnden", "building committee"):
        assert revealing not in message


def test_what_an_officer_writes_is_shown_and_is_never_markup(store: Database, receive: Receive) -> None:
    submission = a_submission()
    text = "# Rubrik\n\n<script>alert(1)</script>\n{{ 7 * 7 }}\nhttps://elsewhere.example"

    message = rendered(store, receive, submission, case_event(CaseMessageSent, submission, text=text))

    assert message
    assert "<script>" not in message.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in message.html
    assert "<h2" not in message.html
    assert 'href="https://elsewhere' not in message.html
    assert "    # Rubrik\n" in message.text
    assert "{{ 7 * 7 }}" in message.text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_nothing_that_a_submitter_typed_is_in_mail(store: Database, receive: Receive, language: str) -> None:
    """Who typed it need not be whose address it is: our mail must not carry a stranger's words."""
    lure = "unpaid fee, pay at https://evil.example"
    submission = a_submission(
        language=language,
        title={"sv": lure, "en": lure},
        facts={"what": lure},
        answers=[Answer("description", {"sv": "Beskrivning"}, {"sv": lure})],
        attachments=[replace(an_attachment(), name=f"{lure}.pdf")],
        submitter=Submitter(SubmitterKind.PERSON, lure, "kim.karlsson@example.org", lure),
    )
    supplement = SubmissionSupplemented(
        submission.submission_id, submission.reference, submission.eservice, NOON, lure, [an_attachment(lure)]
    )
    events = [
        received(submission),
        supplement.event(subject=submission.submission_id, municipality="2039", sequence=1, at=NOON),
        *(case_event(kind, submission) for kind in WITH_MESSAGE),
    ]

    receive(*events)

    [contact] = everything(store, Contact)
    notifications = everything(store, Notification)
    assert len(notifications) == len(events)
    for notification in notifications:
        mail = a_mail_builder().build(leased_of(notification, contact), contact.email, NOON)
        parsed = message_from_bytes(mail.content, policy=policy.default)
        parts = [part.get_content() for part in parsed.iter_parts()]  # type: ignore[attr-defined]
        read = "\n".join([*map(str, parsed.values()), *parts]).lower()
        assert "unpaid" not in read
        assert "evil" not in read
        own = (PUBLIC_URL, MUNICIPALITIES["alvdalen"].contact.web)
        assert all(link.startswith(own) for link in re.findall(r"https?://[^\s\"<]+", read))
        assert lure not in str(notification.content)


def test_an_unknown_language_is_answered_in_swedish(store: Database, receive: Receive) -> None:
    submission = a_submission(language="fi")

    message = rendered(store, receive, submission, case_event(CaseRegistered, submission))

    assert message
    assert message.language == "sv"
