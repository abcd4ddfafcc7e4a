"""A timeline in the reader's language: every state and every event of a case has its text."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.intake.app import TEXTS
from services.intake.tracking.timeline import State
from services.intake.tracking.timeline_view import NEXT_STEPS, STATE_NAMES, TimelineView
from shared.events import notify, routing
from shared.i18n.translations import Languages
from tests.builders import CASE_DATA
from tests.unit.intake.tracking.timelines import (
    ASSIGNED,
    CLOSED,
    DECIDED,
    QUEUED,
    REGISTERED,
    REOPENED,
    REQUESTED,
    SUBMISSION_ID,
    a_file,
    a_supplement,
    a_timeline,
    at,
    case_event,
)

LANGUAGES = Languages(TEXTS)
REPLY = replace(DECIDED, legal_regime="faktiskt_handlande", outcome_label={"sv": "Åtgärdat", "en": "Mended"})


def view(*case, language="sv", **more):
    return TimelineView(a_timeline(*case, **more), language, LANGUAGES)


def a_notification(kind, message="receipt", **fields):
    return kind(notification_id=uuid4(), submission_id=SUBMISSION_ID, message=message, at=at(8), **fields)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("texts", [STATE_NAMES, NEXT_STEPS], ids=["name", "next"])
def test_every_state_has_its_texts(state, texts):
    assert LANGUAGES.gettext("sv", texts[state]) != texts[state]


@pytest.mark.parametrize(
    ("case", "name", "next_step"),
    [
        ([], "Inkommet", "Ärendet är på väg till dem som ska handlägga det."),
        ([REGISTERED, QUEUED], "Registrerat", "Ärendet väntar på en handläggare."),
        ([REGISTERED, ASSIGNED], "Handläggs", "Anna Andersson handlägger ditt ärende."),
        ([REGISTERED, REQUESTED], "Väntar på dig", "Du behöver komplettera. Gör det senast den 14 december 2026."),
        ([REGISTERED, DECIDED], "Beslutat", "Det finns ett beslut. Du kan läsa det här."),
        ([REGISTERED, DECIDED, CLOSED], "Avslutat", "Ärendet är avslutat. Inget mer händer i det."),
        (
            [REGISTERED, DECIDED, REOPENED],
            "Handläggs",
            "Ärendet har tagits upp igen. Beslutet gäller tills det ändras. Erik Eriksson handlägger ditt ärende.",
        ),
        (
            [REGISTERED, REPLY, REOPENED],
            "Handläggs",
            "Vi har tagit upp ditt ärende igen. Erik Eriksson handlägger ditt ärende.",
        ),
    ],
)
def test_where_it_stands_and_what_comes_next(case, name, next_step):
    shown = view(*case)

    assert (shown.state_name, shown.next_step) == (name, next_step)


def test_a_supplement_that_came_is_not_requested_again():
    shown = view(REGISTERED, REQUESTED, supplements=[a_supplement(5)])

    assert shown.state_name == "Komplettering mottagen"
    assert shown.next_step == "Vi har fått det du skickade, och handläggaren ska titta på det."


def test_a_report_is_answered_and_not_decided():
    shown = view(REGISTERED, REPLY, legal_regime="faktiskt_handlande")

    assert (shown.state_name, shown.has_reply, shown.outcome) == ("Besvarat", True, "Svar i ditt ärende: Åtgärdat")


@pytest.mark.parametrize(
    ("regime", "by_review", "dismissed"),
    [
        ("forvaltningslagen", False, True),
        ("laglighetsprovning", True, False),
        ("tryckfrihetsforordningen", False, False),
        ("faktiskt_handlande", False, False),
        ("europarattslig", False, False),
    ],
)
def test_the_law_decides_how_to_appeal_and_what_a_missing_answer_leads_to(regime, by_review, dismissed):
    shown = view(REGISTERED, replace(DECIDED, legal_regime=regime), legal_regime=regime)

    assert (shown.is_reviewed_for_legality, shown.may_be_dismissed) == (by_review, dismissed)


@pytest.mark.parametrize(
    ("language", "basis", "day"),
    [
        ("sv", {"sv": "om möjligt", "en": "if possible"}, "1 februari 2027 (om möjligt)"),
        ("en", {"sv": "om möjligt", "en": "if possible"}, "1 February 2027 (if possible)"),
        ("sv", None, "1 februari 2027"),
    ],
)
def test_the_last_day_has_its_rule_beside_it(language, basis, day):
    assert view(replace(REGISTERED, due_basis=basis), language=language).last_day == day


def test_there_need_be_no_last_day():
    assert view(replace(REGISTERED, due_on=None)).last_day is None
    assert view().last_day is None


@pytest.mark.parametrize("kind", [kind for kind in CASE_DATA if kind is not routing.CaseReleased])
def test_every_event_of_a_case_has_an_entry(kind):
    in_swedish, in_english = (
        view(case_event(kind, "assigned", 1), language=language).entries[0] for language in ("sv", "en")
    )

    assert (in_swedish.what, in_swedish.at) == (kind.NAME, at(1))
    assert in_swedish.heading != in_english.heading


def test_that_a_case_was_put_back_in_its_queue_is_not_shown():
    released = case_event(routing.CaseReleased, "queued")

    assert [entry.what for entry in view(released).entries] == ["submission.received"]


def test_a_case_that_was_joined_with_another_shows_where_it_is_handled_and_nothing_else():
    joined = case_event(routing.CaseJoined, "closed", 3, joined_to="TN 2026-00012")
    handled = "Det handläggs i ärende TN 2026-00012, som gäller samma sak."

    shown = view(REGISTERED, QUEUED, ASSIGNED, joined)

    assert (shown.entries[0].heading, shown.entries[0].text) == ("Ditt ärende har slagits ihop med ett annat", handled)
    assert (shown.state_name, shown.next_step) == ("Sammanslaget", handled)
    assert [shown.last_day, shown.expected_time, shown.timeline.queue, shown.timeline.officer] == [None] * 4


def test_a_joined_case_that_is_taken_up_again_is_handled_by_itself():
    joined = case_event(routing.CaseJoined, "closed", 3, joined_to=None)

    shown = view(REGISTERED, QUEUED, joined, REOPENED)

    assert (shown.state_name, shown.next_step) == ("Handläggs", "Erik Eriksson handlägger ditt ärende.")
    assert shown.last_day and shown.timeline.queue


def test_a_mail_that_came_in_is_shown_and_what_became_of_its_files():
    by_person = case_event(routing.CaseMailReceived, "assigned", 3, files_not_taken=1, is_automatic=False)
    by_program = case_event(routing.CaseMailReceived, "assigned", 4, files_not_taken=1, is_automatic=True)

    files = {"file_names": ["plan.pdf"], "left_out": [routing.FileLeftOut("a.exe", "file_type")]}
    files["left_out"] += [routing.FileLeftOut("", "of a later day")]
    with_files = case_event(routing.CaseMailReceived, "assigned", 5, files_not_taken=2, is_automatic=False, **files)

    taken, automatic, answer = view(REGISTERED, by_person, by_program, with_files).entries[:3]

    assert answer.heading == "Ett mejl kom in till ditt ärende"
    assert answer.text == "Filerna i mejlet kunde inte tas emot. Behövs de kan du skicka dem här."
    left_out = "a.exe (av ett slag som vi inte tar emot); en fil utan namn (togs inte emot)"
    assert taken.text == f"Filer: plan.pdf\nTogs inte emot: {left_out}. Behövs de kan du skicka dem här."
    assert (automatic.heading, automatic.text) == ("Ett automatiskt mejl kom in", None)


def test_entries_come_the_latest_first():
    supplement = a_supplement(5)
    shown = view(
        REGISTERED,
        REQUESTED,
        supplements=[supplement],
        files=[a_file("plan.pdf", supplement.id)],
        notifications=[a_notification(notify.NotificationDelivered, channel="smtp")],
    )

    assert [(entry.what, entry.text) for entry in shown.entries] == [
        ("notification.delivered", None),
        ("submission.supplemented", "Filer: plan.pdf"),
        ("case.supplement_requested", "Svara senast den 14 december 2026."),
        (
            "case.registered",
            "byggnadsnämnden har ärendet. Det ska vara klart senast den 1 februari 2027 (räknat från en komplett "
            "ansökan, 9 kap. plan- och bygglagen).",
        ),
        ("submission.received", None),
    ]


@pytest.mark.parametrize(
    ("notification", "headings"),
    [
        (a_notification(notify.NotificationDelivered, channel="smtp"), ["Vi skickade ett kvitto med e-post"]),
        (a_notification(notify.NotificationDelivered, "decided", channel="smtp"), []),
        (
            a_notification(notify.NotificationFailed, channel="smtp", cause="refused"),
            ["Vi kunde inte nå dig med e-post"],
        ),
        (a_notification(notify.NotificationSkipped, cause="no_address"), []),
    ],
)
def test_a_receipt_and_what_could_not_be_delivered_are_shown(notification, headings):
    entries = view(notifications=[notification]).entries

    assert [entry.heading for entry in entries if entry.what.startswith("notification.")] == headings
