"""A protected case shows at no door but to those whom the municipality names, whatever boards a token has."""

from dataclasses import replace

import pytest

from services.routing.actions.assign import assign
from services.routing.actions.claim import claim
from services.routing.actions.note import note
from services.routing.actions.release import release
from services.routing.actions.transfer import transfer
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound, InvalidInput
from services.routing.directory.find import who_can_have
from services.routing.models import Outbox
from services.routing.organisation.officers import Officer
from services.routing.queues import caseload, overview
from services.routing.queues.claim_next import claim_next
from services.routing.queues.gauges import UNSEEN, measure
from services.routing.queues.list_cases import CaseFilter, own_cases, queue_cases
from shared.swedish.time import local_date
from tests.builders import NOON, a_submission, an_attachment
from tests.store.routing.casework import command, everything

NAMED = Officer("anna.andersson", "Anna Andersson", "2039", frozenset({"TN"}), sees_protected=True)
REGISTRAR = Officer("rut", "Rut Ros", "2039", None)
OF_THE_BOARD = Officer("kaj", "Kaj Karlsson", "2039", frozenset({"KS"}))
OTHERS = pytest.mark.parametrize("other", [REGISTRAR, OF_THE_BOARD], ids=["registrar", "of the board"])


@pytest.fixture
def protected(casework):
    """A secret case that no rule matches."""
    return casework.a_case(eservice="familjeradgivning", secrecy="26 kap. 1 § OSL", attachments=[an_attachment()])


def test_it_stands_in_the_protected_queue_under_its_boards_number(protected):
    assert (protected.queue, protected.board, protected.protected) == ("skyddade", "KS", True)
    assert protected.number == "BN 2026-00001"


def test_so_does_a_secret_case_whose_board_is_not_there_though_a_rule_matches(casework):
    handling = replace(a_submission(secrecy="26 kap. 1 § OSL").handling, board="SBN")

    assert casework.a_case(handling=handling).queue == "skyddade"


def test_an_ordinary_case_that_no_rule_matches_is_the_registrars(casework):
    case = casework.a_case(eservice="familjeradgivning")

    assert (case.queue, case.protected) == ("registrator", False)
    assert REGISTRAR.may_see(case)


def test_the_named_see_it_at_every_door(protected, casework, alvdalen):
    listed = queue_cases(NAMED, "skyddade", CaseFilter(), alvdalen, **sessions(casework)).cases
    assert [row.case.id for row in listed] == [protected.id]
    states = {each.code: each.queued for each in overview.overview(NAMED, alvdalen, **casework.store_and_time)}
    assert states["skyddade"] == 1
    assert overview.state_of(NAMED, "skyddade", alvdalen, **casework.store_and_time).queued == 1
    assert [each.code for each in caseload.eservices_in(NAMED, "skyddade", **sessions(casework))] == [
        "familjeradgivning"
    ]
    assert open_case(NAMED, protected.id, **casework.store_and_time).attachments
    assert claim_next(NAMED, "skyddade", alvdalen, **casework.store_and_time).case_id == protected.id
    assert [row.case.id for row in own_cases(NAMED, **sessions(casework)).cases] == [protected.id]


def test_the_named_see_no_more_of_other_boards_than_before(casework):
    case = casework.a_case()

    assert not NAMED.may_see(case)
    with pytest.raises(CaseNotFound):
        open_case(NAMED, case.id, **casework.store_and_time)


@OTHERS
def test_nobody_else_sees_it_in_the_overview_or_can_list_or_count_its_queue(protected, casework, alvdalen, other):
    assert "skyddade" not in [each.code for each in overview.overview(other, alvdalen, **casework.store_and_time)]
    with pytest.raises(overview.QueueNotFound):
        queue_cases(other, "skyddade", CaseFilter(), alvdalen, **sessions(casework))
    with pytest.raises(overview.QueueNotFound):
        overview.state_of(other, "skyddade", alvdalen, **casework.store_and_time)
    assert caseload.eservices_in(other, "skyddade", **sessions(casework)) == []


@OTHERS
def test_nobody_else_can_claim_it(protected, casework, alvdalen, other):
    with pytest.raises(overview.QueueNotFound):
        claim_next(other, "skyddade", alvdalen, **casework.store_and_time)
    with pytest.raises(CaseNotFound):
        claim(command(protected, other), **casework.store_and_time)


@OTHERS
def test_nobody_else_can_open_it_or_get_at_its_attachments(protected, casework, other):
    with pytest.raises(CaseNotFound):
        open_case(other, protected.id, **casework.store_and_time)


@OTHERS
def test_nobody_else_can_act_on_it(protected, casework, alvdalen, other):
    with pytest.raises(CaseNotFound):
        note(command(protected, other), "Hej", **casework.store_and_time)
    with pytest.raises(CaseNotFound):
        transfer(command(protected, other), "gata", "Hit", alvdalen, **casework.store_and_time)


@OTHERS
def test_nobody_else_sees_it_among_their_own(protected, casework, other):
    assigned = claim(command(protected, NAMED), **casework.store_and_time)

    assert assigned.case_id == protected.id
    assert own_cases(replace(other, subject=NAMED.subject), **sessions(casework)).cases == []


def test_one_of_the_named_may_pass_it_on_and_then_it_is_the_boards(protected, casework, alvdalen):
    transfer(command(protected, NAMED), "bygglov", "Rätt nämnd", alvdalen, **casework.store_and_time)

    case = casework.now(protected)
    assert (case.protected, REGISTRAR.may_see(case), NAMED.may_see(case)) == (False, True, False)


def test_an_officer_may_put_a_case_out_of_their_own_sight(casework, alvdalen):
    case = casework.a_case()

    transfer(command(case, REGISTRAR), "skyddade", "Skyddade uppgifter", alvdalen, **casework.store_and_time)

    assert not REGISTRAR.may_see(casework.now(case))
    assert NAMED.may_see(casework.now(case))


def test_it_stays_protected_when_the_municipality_gives_another_queue_the_task(protected, casework, alvdalen):
    unnamed = {code: replace(queue, protected=False) for code, queue in alvdalen.queues.items()}
    changed = replace(alvdalen, queues=unnamed, protected_officers=())

    with pytest.raises(CaseNotFound):
        open_case(REGISTRAR, protected.id, **casework.store_and_time)
    assert queue_cases(REGISTRAR, "skyddade", CaseFilter(), changed, **sessions(casework)).cases == []
    assert {each.queued for each in overview.overview(REGISTRAR, changed, **casework.store_and_time)} == {0}


def test_it_is_given_to_nobody_who_may_not_see_it(protected, casework, alvdalen):
    casework.knows(OF_THE_BOARD, NAMED)
    offered = who_can_have(protected, alvdalen, local_date(NOON), **sessions(casework))
    assert [each.officer.subject for each in offered] == [NAMED.subject]
    with pytest.raises(InvalidInput, match="officer_subject"):
        assign(command(protected, NAMED), "kaj", alvdalen, **casework.store_and_time)

    assigned = assign(command(protected, NAMED), NAMED.subject, alvdalen, **casework.store_and_time)
    assert assigned.state == "assigned"


def test_no_other_system_works_it_though_its_queue_is_published_later(protected, casework, alvdalen):
    published = {code: replace(queue, protected=False, publish=True) for code, queue in alvdalen.queues.items()}
    claim(command(protected, NAMED), **casework.store_and_time)

    release(command(protected, NAMED), replace(alvdalen, queues=published), **casework.store_and_time)

    assert everything(casework.store, Outbox, exchange="arende.handling") == []


def test_from_its_protection_on_its_events_are_encrypted_and_say_that_it_is_protected(casework, alvdalen):
    case = casework.a_case()
    transfer(command(case, REGISTRAR), "skyddade", "Skyddade uppgifter", alvdalen, **casework.store_and_time)

    *_, moved = casework.published(case)
    assert moved.data["protected"] is True
    assert [row.secret for row in everything(casework.store, Outbox, subject=str(case.id))] == [False, False, True]


def unseen():
    """How many cases nobody may see, as operators are alerted of it."""
    return UNSEEN.labels("2039")._value.get()


def test_where_nobody_is_named_nobody_sees_it_and_operators_know(protected, casework, alvdalen):
    measure(casework.store.sessions, [alvdalen], now=NOON)
    assert unseen() == 0

    measure(casework.store.sessions, [replace(alvdalen, protected_officers=())], now=NOON)
    assert unseen() == 1


def sessions(casework):
    """The store alone."""
    return {"sessions": casework.store.sessions}
