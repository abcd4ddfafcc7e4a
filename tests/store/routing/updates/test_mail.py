"""Mail about what is new: for who has chosen it, each thing once, and numbers of cases only."""

from dataclasses import replace

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.note import note
from services.routing.actions.transfer import transfer
from services.routing.cases.errors import InvalidInput
from services.routing.models import Outbox
from services.routing.updates.mail import mail_updates
from services.routing.updates.models import UpdateMail
from services.routing.updates.preference import choose_mail, chosen_mail, know_again
from services.routing.updates.unseen import see_all
from shared.events.envelope import Event
from shared.events.routing import OfficerUpdatesFound
from shared.web.tokens import Identity
from tests.store.routing.casework import ANNA, command, everything

EVA = replace(ANNA, subject="eva", name="Eva Ek")
IDENTITY = Identity(
    "anna", "Anna Andersson", "2039", frozenset({"officer"}), frozenset({"BN", "KS"}), "anna@example.org"
)


@pytest.fixture
def mailed(casework, alvdalen):
    """Has what is due mailed; the mails, each as its case numbers and how many others there are."""

    def mails():
        before = len(everything(casework.store, Outbox))
        for _ in range(2):  # each thing once
            list(mail_updates([alvdalen], **casework.store_and_time))
        events = [Event.decode(row.body) for row in everything(casework.store, Outbox)[before:]]
        found = [OfficerUpdatesFound.open(event) for event in events]
        assert all(each.email == IDENTITY.email for each in found)
        return [(each.case_numbers, each.others) for each in found]

    return mails


@pytest.fixture
def chosen(casework):
    """Has Anna choose."""

    def choose(mail, identity=IDENTITY):
        choose_mail(identity, mail, "sv", **casework.store_and_time)

    return choose


def written(casework, case, text="Ny."):
    note(command(case, EVA), text, **casework.store_and_time)


def test_no_mail_is_sent_unless_it_is_chosen_and_then_only_of_what_is_new_from_then_on(
    casework, claimed, chosen, mailed
):
    assert chosen_mail(IDENTITY, sessions=casework.store.sessions) is UpdateMail.OFF
    written(casework, claimed)
    assert mailed() == []

    casework.clock.move(minutes=1)
    chosen(UpdateMail.AT_ONCE)
    assert mailed() == []
    written(casework, claimed)
    assert mailed() == [([claimed.number], 0)]
    chosen(UpdateMail.OFF)
    written(casework, claimed)
    assert mailed() == []


def test_the_mornings_mail_has_what_is_new_by_seven_and_not_what_was_seen(casework, claimed, chosen, mailed):
    chosen(UpdateMail.DAILY)  # noon in Sweden
    written(casework, claimed)
    assert mailed() == []
    casework.clock.move(hours=18, minutes=59)
    assert mailed() == []
    casework.clock.move(minutes=1)
    assert mailed() == [([claimed.number], 0)]

    written(casework, claimed)
    see_all(ANNA, casework.clock(), **casework.store_and_time)
    casework.clock.move(days=1)
    assert mailed() == []


def test_a_secret_case_is_not_named_nor_one_that_the_officer_may_not_see_counted(
    casework, claimed, chosen, mailed, alvdalen
):
    secret = casework.a_case(secrecy="21 kap. 1 § OSL")
    gone = casework.a_case()
    for case in (secret, gone):
        claim(command(case), **casework.store_and_time)
    chosen(UpdateMail.AT_ONCE)

    written(casework, secret)
    written(casework, claimed)
    transfer(command(gone, EVA), "gata", "Hör dit.", alvdalen, **casework.store_and_time)

    assert mailed() == [([claimed.number], 1)]


def test_the_boards_of_the_latest_sign_in_count_and_who_no_longer_signs_in_gets_no_mail(
    casework, claimed, chosen, mailed
):
    chosen(UpdateMail.AT_ONCE)
    know_again(replace(IDENTITY, boards=frozenset({"KS"})), **casework.store_and_time)
    written(casework, claimed)
    assert mailed() == []

    know_again(IDENTITY, **casework.store_and_time)
    casework.clock.move(days=31)
    written(casework, claimed)
    assert mailed() == []
    know_again(IDENTITY, **casework.store_and_time)
    assert mailed() == [([claimed.number], 0)]


def test_who_has_no_address_cannot_choose_mail(chosen):
    with pytest.raises(InvalidInput):
        chosen(UpdateMail.DAILY, replace(IDENTITY, email=""))
    chosen(UpdateMail.OFF, replace(IDENTITY, email=""))
