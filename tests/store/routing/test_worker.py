"""Events in any order, repeated, about cases known and not yet known."""

import random
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from services.routing.bulk.change_job import stop
from services.routing.bulk.models import BulkCase, BulkJob, BulkSelection
from services.routing.bulk.order import Order, place
from services.routing.bulk.selections import ChosenCase, keep
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotKnownYet
from services.routing.cases.models import Case, CaseRead, JournalEntry
from services.routing.cases.state_machine import Action
from services.routing.incoming_mail.models import UnplacedMailRead
from services.routing.incoming_mail.unplaced import waiting_mails
from services.routing.models import FailedEvent, Inbox, Outbox
from services.routing.settings import Settings
from services.routing.updates.models import UpdateMail, UpdatePreference
from services.routing.updates.preference import choose_mail
from services.routing.worker import handlers, loops
from shared.bus import failed_events
from shared.bus.event_processor import EventProcessor, Tables
from shared.events.encryption import Keyring
from shared.events.intake import SubmissionReceived
from shared.web.tokens import Identity
from tests.builders import a_submission, received, supplemented
from tests.store.routing.casework import ANNA, everything, only
from tests.store.routing.notifications import a_mail, delivered, failed
from tests.stores import a_folder


def test_a_supplement_before_its_case_waits_for_it(receive):
    with pytest.raises(CaseNotKnownYet):
        receive(supplemented(a_submission()))


@pytest.mark.parametrize("seed", range(5))
def test_events_repeated_in_any_order_have_the_effect_of_one_each(store, organisations, clock, seed):
    submission = a_submission()
    events = [received(submission), supplemented(submission), failed(submission)] * 10
    random.Random(seed).shuffle(events)
    processor = EventProcessor(
        "routing", store.sessions, Tables(Outbox, Inbox, FailedEvent), handlers(lambda: organisations, clock), clock
    )

    for event in events:
        try:
            processor.handle([event])
        except CaseNotKnownYet as error:
            failed_events.keep(processor, event.encode(), error)
    clock.move(minutes=5)
    failed_events.retry_due(processor, Keyring(("6Yq0mYDb4y2Cq8Ck8xXq8y3o1y4l4t3bXhVgk3yqk3E=",)))

    case = only(store, Case)
    actions = [entry.action for entry in everything(store, JournalEntry, case_id=case.id)]
    assert (actions[:2], sorted(actions[2:])) == (["register", "queue"], ["delivery_failed", "receive_supplement"])
    assert len(everything(store, Outbox)) == 3
    assert everything(store, FailedEvent) == []


def test_cases_are_numbered_after_all_else_that_a_batch_changes(organisations, clock):
    assert handlers(lambda: organisations, clock)[-1].kinds == (SubmissionReceived,), (
        "numbers are locked until the commit"
    )


def test_events_of_another_municipality_change_no_case_here(casework, receive):
    submission = a_submission()
    receive(received(submission), failed(submission))
    elsewhere = replace(delivered(submission, minutes=5), municipality="2409")

    receive(elsewhere)
    with pytest.raises(CaseNotKnownYet):
        receive(supplemented(submission, municipality="2409"))

    case = only(casework.store, Case)
    assert (case.undelivered, case.sequence) == (True, 3)


def retention_loop(store, clock):
    """The worker's loop that ends what nobody needs any more."""
    settings = Settings(
        database_url=store.engine.url.render_as_string(hide_password=False),
        broker_url="memory://routing-worker",
        event_keys=(Fernet.generate_key().decode(),),
        public_url="https://e-tjanster.example.se",
        link_key="l" * 32,
        secret_key="s" * 32,
        oidc_issuer="https://id.example.se",
        oidc_client_id="arende-desk",
        oidc_client_secret="",
        documents=a_folder(),
    )
    [found] = [loop for loop in loops(settings, clock=clock) if loop.name == "routing-retention"]
    return found


def test_who_read_a_case_or_a_mail_is_kept_for_five_years(store, casework, case, clock):
    open_case(ANNA, case.id, **casework.store_and_time)
    casework.receive(a_mail(None))
    waiting_mails(replace(ANNA, is_registrar=True), **casework.store_and_time)
    retention = retention_loop(store, clock)

    clock.move(days=5 * 365)
    retention.action()
    assert len(everything(store, CaseRead)) == len(everything(store, UnplacedMailRead)) == 1

    clock.move(days=10)
    retention.action()
    assert everything(store, CaseRead) == everything(store, UnplacedMailRead) == []


def test_how_an_officer_wants_mail_is_kept_for_a_year_after_they_last_signed_in(store, casework, clock):
    officer = Identity("anna", "Anna", "2039", frozenset({"officer"}), frozenset({"BN"}), "anna@example.org")
    choose_mail(officer, UpdateMail.AT_ONCE, "sv", **casework.store_and_time)
    retention = retention_loop(store, clock)

    clock.move(days=364)
    retention.action()
    assert len(everything(store, UpdatePreference)) == 1
    clock.move(days=2)
    retention.action()

    assert everything(store, UpdatePreference) == []


def test_bulk_jobs_end_when_they_are_finished_and_old_and_selections_after_a_day(store, casework, case, clock):
    chosen = [ChosenCase(case.id, case.sequence)]
    keep(ANNA, chosen, "/desk/queues/bygglov", **casework.store_and_time)
    finished, waiting = (
        place(Order(ANNA, Action.NOTE, {"text": "Yttrande."}), chosen, **casework.store_and_time) for _ in range(2)
    )
    stop(ANNA, finished.id, **casework.store_and_time)
    retention = retention_loop(store, clock)

    clock.move(hours=23)
    retention.action()
    assert len(everything(store, BulkSelection)) == 1
    clock.move(days=91)
    retention.action()

    assert everything(store, BulkSelection) == []
    assert [job.id for job in everything(store, BulkJob)] == [waiting.id]
    assert [each.job_id for each in everything(store, BulkCase)] == [waiting.id]
