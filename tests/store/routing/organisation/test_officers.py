"""A protected case shows at no door but to those whom the municipality names, whatever boards a token has."""

from dataclasses import replace

import pytest

from services.routing.actions import casework, transfer
from services.routing.actions.perform import CaseNotFound
from services.routing.cases.case_file import open_case
from services.routing.organisation.officers import Officer
from services.routing.queues import caseload, queues
from services.routing.queues.gauges import UNSEEN, measure
from tests.builders import NOON, a_submission, an_attachment
from tests.unit.routing.conftest import command

NAMED = Officer("anna.andersson", "Anna Andersson", "2039", frozenset({"TN"}), sees_protected=True)
REGISTRAR = Officer("rut", "Rut Ros", "2039", None)
OF_THE_BOARD = Officer("kaj", "Kaj Karlsson", "2039", frozenset({"KS"}))
OTHERS = pytest.mark.parametrize("other", [REGISTRAR, OF_THE_BOARD], ids=["registrar", "of the board"])


@pytest.fixture
def protected(desk):
    """A secret case that no rule matches."""
    return desk.a_case(eservice="orosanmalan", secrecy="26 kap. 1 § OSL", attachments=[an_attachment()])


def test_it_stands_in_the_protected_queue_under_its_boards_number(protected):
    assert (protected.queue, protected.board, protected.protected) == ("skyddade", "KS", True)
    assert protected.number == "BN 2026-00001"


def test_so_does_a_secret_case_whose_board_is_not_there_though_a_rule_matches(desk):
    handling = replace(a_submission(secrecy="26 kap. 1 § OSL").handling, board="SBN")

    assert desk.a_case(handling=handling).queue == "skyddade"


def test_an_ordinary_case_that_no_rule_matches_is_the_registrars(desk):
    case = desk.a_case(eservice="orosanmalan")

    assert (case.queue, case.protected) == ("registrator", False)
    assert REGISTRAR.may_see(case)


def test_the_named_see_it_at_every_door(protected, desk, alvdalen):
    listed = queues.cases(NAMED, "skyddade", queues.Filter(), alvdalen, **sessions(desk)).cases
    assert [row.case.id for row in listed] == [protected.id]
    states = {each.code: each.queued for each in queues.overview(NAMED, alvdalen, **desk.how)}
    assert states["skyddade"] == 1
    assert queues.state_of(NAMED, "skyddade", alvdalen, **desk.how).queued == 1
    assert [each.code for each in caseload.eservices_in(NAMED, "skyddade", **sessions(desk))] == ["orosanmalan"]
    assert open_case(NAMED, protected.id, **desk.how).attachments
    assert queues.claim_next(NAMED, "skyddade", alvdalen, **desk.how).case_id == protected.id
    assert [row.case.id for row in caseload.own_cases(NAMED, **sessions(desk)).cases] == [protected.id]


def test_the_named_see_no_more_of_other_boards_than_before(desk):
    case = desk.a_case()

    assert not NAMED.may_see(case)
    with pytest.raises(CaseNotFound):
        open_case(NAMED, case.id, **desk.how)


@OTHERS
def test_nobody_else_sees_it_in_the_overview_or_can_list_or_count_its_queue(protected, desk, alvdalen, other):
    assert "skyddade" not in [each.code for each in queues.overview(other, alvdalen, **desk.how)]
    with pytest.raises(queues.QueueNotFound):
        queues.cases(other, "skyddade", queues.Filter(), alvdalen, **sessions(desk))
    with pytest.raises(queues.QueueNotFound):
        queues.state_of(other, "skyddade", alvdalen, **desk.how)
    assert caseload.eservices_in(other, "skyddade", **sessions(desk)) == []


@OTHERS
def test_nobody_else_can_claim_it(protected, desk, alvdalen, other):
    with pytest.raises(queues.QueueNotFound):
        queues.claim_next(other, "skyddade", alvdalen, **desk.how)
    with pytest.raises(CaseNotFound):
        casework.claim(command(protected, other), **desk.how)


@OTHERS
def test_nobody_else_can_open_it_or_get_at_its_attachments(protected, desk, other):
    with pytest.raises(CaseNotFound):
        open_case(other, protected.id, **desk.how)


@OTHERS
def test_nobody_else_can_act_on_it(protected, desk, alvdalen, other):
    with pytest.raises(CaseNotFound):
        casework.note(command(protected, other), "Hej", **desk.how)
    with pytest.raises(CaseNotFound):
        transfer.transfer(command(protected, other), "gata", "Hit", alvdalen, **desk.how)


@OTHERS
def test_nobody_else_sees_it_among_their_own_or_who_has_it(protected, desk, other):
    assigned = casework.claim(command(protected, NAMED), **desk.how)

    assert assigned.case_id == protected.id
    assert caseload.own_cases(replace(other, subject=NAMED.subject), **sessions(desk)).cases == []
    assert [each.name for each in caseload.colleagues(other, "KS", **sessions(desk))] == [other.name]


def test_one_of_the_named_may_pass_it_on_and_then_it_is_the_boards(protected, desk, alvdalen):
    transfer.transfer(command(protected, NAMED), "bygglov", "Rätt nämnd", alvdalen, **desk.how)

    case = desk.now(protected)
    assert (case.protected, REGISTRAR.may_see(case), NAMED.may_see(case)) == (False, True, False)


def test_an_officer_may_put_a_case_out_of_their_own_sight(desk, alvdalen):
    case = desk.a_case()

    transfer.transfer(command(case, REGISTRAR), "skyddade", "Skyddade uppgifter", alvdalen, **desk.how)

    assert not REGISTRAR.may_see(desk.now(case))
    assert NAMED.may_see(desk.now(case))


def test_it_stays_protected_when_the_municipality_gives_another_queue_the_task(protected, desk, alvdalen):
    unnamed = {code: replace(queue, protected=False) for code, queue in alvdalen.queues.items()}
    changed = replace(alvdalen, queues=unnamed, protected_officers=())

    with pytest.raises(CaseNotFound):
        open_case(REGISTRAR, protected.id, **desk.how)
    assert queues.cases(REGISTRAR, "skyddade", queues.Filter(), changed, **sessions(desk)).cases == []
    assert {each.queued for each in queues.overview(REGISTRAR, changed, **desk.how)} == {0}


def unseen():
    """How many cases nobody may see, as operators are alerted of it."""
    return UNSEEN.labels("2039")._value.get()


def test_where_nobody_is_named_nobody_sees_it_and_operators_know(protected, desk, alvdalen):
    measure(desk.store.sessions, [alvdalen], now=NOON)
    assert unseen() == 0

    measure(desk.store.sessions, [replace(alvdalen, protected_officers=())], now=NOON)
    assert unseen() == 1


def sessions(desk):
    """The store alone."""
    return {"sessions": desk.store.sessions}
