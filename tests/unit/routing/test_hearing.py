"""Events in any order, repeated, about cases known and not yet known."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.routing.actions import casework
from services.routing.actions.supplements import CaseNotKnownYet
from services.routing.handlers import handlers
from services.routing.models import Case, FailedEvent, Inbox, JournalEntry, Outbox
from shared.bus import failed_events
from shared.bus.event_processor import EventProcessor, Tables
from shared.events.encryption import Keyring
from shared.events.notify import NotificationDelivered, NotificationFailed
from tests.builders import NOON, a_submission, received, supplemented
from tests.unit.routing.conftest import command, everything, only


def failed(submission, minutes=0):
    """The event that a message could not be delivered."""
    return _about(submission, NotificationFailed, minutes, cause="mailbox_unknown")


def delivered(submission, minutes=0):
    """The event that one could."""
    return _about(submission, NotificationDelivered, minutes)


def _about(submission, kind, minutes, **more):
    at = NOON + timedelta(minutes=minutes)
    about = submission.submission_id
    fact = kind(notification_id=uuid4(), submission_id=about, message="receipt", at=at, channel="smtp", **more)
    return fact.event(subject=submission.submission_id, municipality="2039", sequence=0, at=at)


def test_a_supplement_before_its_case_waits_for_it(hear):
    with pytest.raises(CaseNotKnownYet):
        hear(supplemented(a_submission()))


@pytest.mark.parametrize("seed", range(5))
def test_events_repeated_in_any_order_have_the_effect_of_one_each(store, organisations, clock, seed):
    submission = a_submission()
    events = [received(submission), supplemented(submission), failed(submission)] * 10
    random.Random(seed).shuffle(events)
    processor = EventProcessor(
        "routing", store.sessions, Tables(Outbox, Inbox, FailedEvent), handlers(organisations, clock), clock
    )

    for event in events:
        try:
            processor.handle([event])
        except CaseNotKnownYet as fault:
            failed_events.keep(processor, event.encode(), fault)
    clock.move(minutes=5)
    failed_events.retry_due(processor, Keyring(("6Yq0mYDb4y2Cq8Ck8xXq8y3o1y4l4t3bXhVgk3yqk3E=",)))

    case = only(store, Case)
    acts = [entry.act for entry in everything(store, JournalEntry, case_id=case.id)]
    assert (acts[:2], sorted(acts[2:])) == (["register", "queue"], ["receive_supplement", "unreached"])
    assert len(everything(store, Outbox)) == 3
    assert everything(store, FailedEvent) == []


def test_a_supplement_comes_into_the_case_whatever_its_state(desk, hear):
    submission = a_submission()
    hear(received(submission))
    case = only(desk.store, Case)

    hear(supplemented(submission))
    assert desk.now(case).state == "queued"

    casework.claim(command(case), **desk.how)
    hear(replace(supplemented(submission), id=uuid4()))
    assert (desk.now(case).state, desk.now(case).sequence) == ("assigned", 5)


def test_that_the_submitter_was_not_reached_is_journaled_and_marked(desk, hear):
    submission = a_submission()
    hear(received(submission), failed(submission))

    case = only(desk.store, Case)
    last = everything(desk.store, JournalEntry, case_id=case.id)[-1]
    assert case.unreached
    assert (last.act, last.data["message"], last.data["cause"]) == ("unreached", "receipt", "mailbox_unknown")
    assert [event.name for event in desk.told(case)] == ["case.registered", "case.queued"]


def test_a_later_message_that_arrives_takes_the_mark_away_and_leaves_no_entry(desk, hear):
    submission = a_submission()
    hear(received(submission), failed(submission), delivered(submission, minutes=5))

    case = only(desk.store, Case)
    assert (case.unreached, case.sequence) == (False, 3)


def test_an_older_message_that_arrived_does_not(desk, hear):
    submission = a_submission()
    hear(received(submission), failed(submission, minutes=5), delivered(submission))

    assert only(desk.store, Case).unreached


def test_a_delivery_about_an_unknown_case_is_no_news(store, hear):
    hear(delivered(a_submission()))

    assert everything(store, Case) == []


def test_what_another_municipality_tells_changes_no_case_here(desk, hear):
    submission = a_submission()
    hear(received(submission), failed(submission))
    elsewhere = replace(delivered(submission, minutes=5), municipality="2409")

    hear(elsewhere)
    with pytest.raises(CaseNotKnownYet):
        hear(supplemented(submission, municipality="2409"))

    case = only(desk.store, Case)
    assert (case.unreached, case.sequence) == (True, 3)
