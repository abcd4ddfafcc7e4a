"""A mail that came in is in the case that its address named, whatever its state; what has none waits for somebody."""

from collections import deque
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from marshmallow import ValidationError
from prometheus_client import REGISTRY
from sqlalchemy import literal, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.intake.forms.fields.keys import code
from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.request_supplement import request_supplement
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, JournalEntry
from services.routing.incoming_mail import gauges, unplaced
from services.routing.incoming_mail.add_to_case import add_to_case
from services.routing.incoming_mail.models import UnplacedMail, UnplacedMailRead
from services.routing.models import Outbox
from services.routing.organisation.officers import Officer
from services.routing.updates.unseen import unseen
from shared.events.envelope import Event
from shared.events.notify import FileNotTaken, MailAttachment
from shared.events.payloads import plain
from shared.events.routing import CaseMailReceived, FileLeftOut, MailDismissed
from tests.builders import NOON, a_submission, received
from tests.store.routing.casework import ANNA, ERIK, command, decision_data, everything, only
from tests.store.routing.notifications import a_mail

DRAWING = MailAttachment(uuid4(), "ritning.pdf", "application/pdf", 1000, "0" * 64)
REGISTRAR = replace(ANNA, is_registrar=True)


def last_entry(casework: Any, case: Case) -> JournalEntry:
    return everything(casework.store, JournalEntry, case_id=case.id)[-1]  # type: ignore[no-any-return]


def number_new(casework: Any, officer: Officer = ANNA) -> int:
    return len(unseen(officer, sessions=casework.store.sessions).items)


def number_waiting(casework: Any) -> int:
    with casework.store.sessions() as session:
        return session.scalar(select(unplaced.number_waiting(literal(REGISTRAR.municipality)))) or 0


def place_by_themselves(casework: Any) -> None:
    deque(unplaced.MailPlacer(casework.store.sessions, casework.clock).place(), maxlen=0)


def test_a_mail_is_a_journal_entry_is_new_for_the_officer_and_published(casework: Any, claimed: Case) -> None:
    script = FileNotTaken("skript.exe", "application/octet-stream", 1000, "file_type")
    casework.receive(a_mail(claimed.submission_id, files_not_taken=[script], attachments=[DRAWING]))

    entry = last_entry(casework, claimed)
    assert (entry.action, entry.actor_name, entry.state) == ("mail_received", None, "assigned")
    assert (entry.data["from_address"], entry.data["text"]) == ("kim@example.org", "Måtten är 4 × 6.")
    assert entry.data["files_not_taken"][0]["name"] == "skript.exe"
    assert entry.data["attachments"] == [plain(DRAWING)]
    assert number_new(casework) == 1
    published = CaseMailReceived.open(casework.published(claimed)[-1])
    assert (published.files_not_taken, published.is_automatic, published.state) == (1, False, "assigned")
    assert (published.file_names, published.left_out) == (["ritning.pdf"], [FileLeftOut("skript.exe", "file_type")])
    file = open_case(ANNA, claimed.id, **casework.store_and_time)
    assert [(each["name"], each["kept_by"]) for each in file.attachments[-1:]] == [("ritning.pdf", "notify")]
    with pytest.raises(ValidationError):  # no question can have the name
        code(file.attachments[-1]["field"])
    assert everything(casework.store, UnplacedMail) == []


def test_what_a_program_sent_is_in_the_case_and_calls_nobody(casework: Any, claimed: Case) -> None:
    casework.receive(a_mail(claimed.submission_id, is_automatic=True))

    assert last_entry(casework, claimed).data["is_automatic"]
    assert number_new(casework) == 0


def test_a_mail_is_in_the_case_whatever_its_state(casework: Any, claimed: Case, alvdalen: Any) -> None:
    waiting = casework.a_case()
    decide(command(claimed), decision_data(), alvdalen, **casework.store_and_time)
    close(command(claimed), **casework.store_and_time)

    casework.receive(a_mail(waiting.submission_id), a_mail(claimed.submission_id))

    for case, state in ((waiting, "queued"), (claimed, "closed")):
        assert last_entry(casework, case).action == "mail_received"
        assert casework.now(case).state == state
    assert number_new(casework) == 1


def test_whether_it_answers_a_supplement_request_is_for_the_officer_to_judge(casework: Any, claimed: Case) -> None:
    request_supplement(command(claimed), "Skicka måtten.", date(2026, 12, 7), **casework.store_and_time)

    casework.receive(a_mail(claimed.submission_id))

    assert casework.now(claimed).state == "awaiting_supplement"


def test_a_mail_without_a_case_waits_and_is_put_in_the_one_that_a_registrar_names(casework: Any, claimed: Case) -> None:
    casework.receive(a_mail(None), a_mail(uuid4()), a_mail(None, municipality="0880"))
    gauges.measure(casework.store.sessions, ["2039", "1780"], now=casework.clock())
    assert REGISTRY.get_sample_value("routing_unplaced_mails", {"municipality": "2039"}) == 2

    waiting = unplaced.waiting_mails(REGISTRAR, **casework.store_and_time)
    assert waiting.total == len(waiting.mails) == 2
    first, second = waiting.mails
    case = unplaced.place(REGISTRAR, first.id, claimed.number.lower(), **casework.store_and_time)
    unplaced.dismiss(REGISTRAR, second.id, "Reklam", **casework.store_and_time)

    entry = last_entry(casework, claimed)
    assert case.id == claimed.id
    assert (entry.actor_name, entry.data["text"]) == ("Anna Andersson", "Måtten är 4 × 6.")
    assert number_waiting(casework) == 0
    placed = only(casework.store, UnplacedMail, id=first.id)
    assert (placed.outcome, placed.ended_by, placed.case_id, placed.content) == ("placed", ANNA.name, claimed.id, {})
    assert only(casework.store, UnplacedMail, id=second.id).reason == "Reklam"
    with pytest.raises(unplaced.MailNotFound):
        unplaced.place(REGISTRAR, first.id, claimed.number, **casework.store_and_time)


def test_the_files_of_a_waiting_mail_are_for_registrars_and_follow_it_into_the_case(
    casework: Any, claimed: Case
) -> None:
    casework.receive(a_mail(None, attachments=[DRAWING]), a_mail(None, municipality="0880", attachments=[DRAWING]))
    mail = only(casework.store, UnplacedMail, municipality="2039")
    ours = {"file_id": DRAWING.id, **casework.store_and_time}
    with pytest.raises(unplaced.OnlyForRegistrars):
        unplaced.attachment(ANNA, mail.id, **ours)
    with pytest.raises(unplaced.MailNotFound):
        unplaced.attachment(replace(REGISTRAR, municipality="1780"), mail.id, **ours)
    with pytest.raises(unplaced.MailNotFound):
        unplaced.attachment(REGISTRAR, mail.id, **ours | {"file_id": uuid4()})
    assert everything(casework.store, UnplacedMailRead) == []

    assert unplaced.attachment(REGISTRAR, mail.id, **ours)["sha256"] == DRAWING.sha256
    assert only(casework.store, UnplacedMailRead).mail_id == mail.id
    unplaced.place(REGISTRAR, mail.id, claimed.number, **casework.store_and_time)

    file = open_case(ANNA, claimed.id, **casework.store_and_time)
    assert [each["id"] for each in file.attachments[-1:]] == [str(DRAWING.id)]
    with pytest.raises(unplaced.MailNotFound):
        unplaced.attachment(REGISTRAR, mail.id, **ours)


def test_that_a_mail_is_dismissed_is_published_with_when_it_is_destroyed(casework: Any) -> None:
    casework.receive(a_mail(None, attachments=[DRAWING]))
    mail = only(casework.store, UnplacedMail)

    unplaced.dismiss(REGISTRAR, mail.id, "Reklam", **casework.store_and_time)

    event = Event.decode(only(casework.store, Outbox).body.encode())
    assert (event.subject, event.municipality) == (str(mail.id), "2039")
    assert MailDismissed.open(event) == MailDismissed(mail.id, casework.clock() + timedelta(days=90))


def test_a_mail_that_came_before_files_were_taken_can_still_be_placed(casework: Any, claimed: Case) -> None:
    casework.receive(a_mail(None, files_not_taken=[FileNotTaken("a.pdf", "", 1)]))
    with casework.store.sessions.begin() as session:
        mail = session.scalars(select(UnplacedMail)).one()
        old = {name: value for name, value in mail.content.items() if name != "attachments"}
        mail.content = old | {"files_not_taken": [{"name": "a.pdf", "media_type": "", "size": 1}]}
        mail.submission_id = claimed.submission_id

    place_by_themselves(casework)

    published = CaseMailReceived.open(casework.published(claimed)[-1])
    assert (published.file_names, published.left_out) == ([], [FileLeftOut("a.pdf", "")])


def test_who_submitted_the_case_learns_nothing_of_a_mail_that_a_registrar_put_there(
    casework: Any, claimed: Case
) -> None:
    before = len(casework.published(claimed))
    casework.receive(a_mail(None, from_address="granne@example.org", files_not_taken=[FileNotTaken("a.pdf", "", 1)]))

    mail = only(casework.store, UnplacedMail)
    unplaced.place(REGISTRAR, mail.id, claimed.number, **casework.store_and_time)

    assert last_entry(casework, claimed).action == "mail_received"
    assert len(casework.published(claimed)) == before


def test_only_registrars_of_the_municipality_see_it_and_only_in_cases_of_theirs(casework: Any, claimed: Case) -> None:
    casework.receive(a_mail(None))
    mail = only(casework.store, UnplacedMail)

    for officer in (ANNA, replace(ANNA, leads=True), ERIK):
        with pytest.raises(unplaced.OnlyForRegistrars):
            unplaced.waiting_mails(officer, **casework.store_and_time)
        with pytest.raises(unplaced.OnlyForRegistrars):
            unplaced.place(officer, mail.id, claimed.number, **casework.store_and_time)
        with pytest.raises(unplaced.OnlyForRegistrars):
            unplaced.dismiss(officer, mail.id, "Nej", **casework.store_and_time)
    elsewhere = replace(REGISTRAR, municipality="0880")
    assert unplaced.waiting_mails(elsewhere, **casework.store_and_time).total == 0
    with pytest.raises(unplaced.MailNotFound):
        unplaced.dismiss(elsewhere, mail.id, "Nej", **casework.store_and_time)
    for number in ("BN 1999-1", "hej", claimed.number):
        with pytest.raises(InvalidInput):
            of_other_board = replace(REGISTRAR, boards=frozenset({"SN"}))
            unplaced.place(of_other_board, mail.id, number, **casework.store_and_time)


def test_who_reads_waiting_mail_is_in_the_access_log_and_counting_is_no_reading(casework: Any) -> None:
    casework.receive(a_mail(None), a_mail(None, municipality="0880"))
    assert number_waiting(casework) == 1
    assert everything(casework.store, UnplacedMailRead) == []

    unplaced.waiting_mails(REGISTRAR, **casework.store_and_time)

    read = only(casework.store, UnplacedMailRead)
    mail = only(casework.store, UnplacedMail, municipality="2039")
    assert (read.mail_id, read.municipality, read.subject, read.at) == (mail.id, "2039", "anna", casework.clock())


def test_a_mail_that_came_before_its_case_goes_there_by_itself(casework: Any) -> None:
    submission = a_submission()
    casework.receive(a_mail(submission.submission_id))
    place_by_themselves(casework)
    assert number_waiting(casework) == 1

    casework.receive(received(submission))
    place_by_themselves(casework)

    case = only(casework.store, Case, submission_id=submission.submission_id)
    assert last_entry(casework, case).action == "mail_received"
    assert number_waiting(casework) == 0


def test_a_mail_whose_case_has_a_broken_journal_keeps_no_other_waiting(casework: Any) -> None:
    broken, whole = a_submission(), a_submission()
    casework.receive(a_mail(broken.submission_id), a_mail(whole.submission_id, received_at=NOON + timedelta(hours=1)))
    casework.receive(received(broken), received(whole))
    with casework.store.sessions.begin() as session:
        session.execute(update(Case).where(Case.submission_id == broken.submission_id).values(sequence=99))

    place_by_themselves(casework)

    case = only(casework.store, Case, submission_id=whole.submission_id)
    assert last_entry(casework, case).action == "mail_received"
    assert number_waiting(casework) == 1


def test_a_mail_that_always_takes_too_long_keeps_no_other_waiting(
    casework: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = a_submission(), a_submission()
    casework.receive(a_mail(slow.submission_id), a_mail(quick.submission_id, received_at=NOON + timedelta(hours=1)))
    casework.receive(received(slow), received(quick))

    def add(session: Session, case: Case, *rest: Any, **keys: Any) -> None:
        if case.submission_id == slow.submission_id:
            raise OperationalError("UPDATE cases", {}, Ended())
        add_to_case(session, case, *rest, **keys)

    monkeypatch.setattr(unplaced, "add_to_case", add)

    place_by_themselves(casework)

    assert number_waiting(casework) == 1


class Ended(Exception):
    """What the driver raises for a statement that was ended for its time."""

    sqlstate = "57014"


def test_a_mail_that_its_case_cannot_take_is_tried_and_logged_after_waits_that_grow_and_is_counted(
    casework: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    submission = a_submission()
    casework.receive(a_mail(submission.submission_id), received(submission))
    with casework.store.sessions.begin() as session:
        session.execute(update(Case).values(sequence=99))
        session.execute(update(UnplacedMail).values(ended_at=None))
    placer, before = unplaced.MailPlacer(casework.store.sessions, casework.clock), not_placed()

    for _ in range(2 * 60 * 24):  # a day of looks
        deque(placer.place(), maxlen=0)
        casework.clock.move(seconds=30)
    assert not_placed() - before == 26
    assert capsys.readouterr().out.count("mail_not_placed") == 26

    with casework.store.sessions.begin() as session:
        session.execute(update(Case).values(sequence=2))
    casework.clock.move(hours=1)
    deque(placer.place(), maxlen=0)
    assert number_waiting(casework) == 0


def not_placed() -> float:
    return REGISTRY.get_sample_value("routing_mails_not_placed_total") or 0
