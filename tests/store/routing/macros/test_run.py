"""A macro is several actions in one transaction: all of them as each alone, or none."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from marshmallow import ValidationError

from services.routing.actions.declare_conflict import declare_conflict
from services.routing.actions.note import note
from services.routing.actions.perform import ACTIONS, REJECTED
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound, PartialOfficer, StaleCase
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import ActionNotAllowed
from services.routing.macros import edit
from services.routing.macros.edit import MacroContent, MacroNotFound, StaleMacro
from services.routing.macros.filling import requested_steps
from services.routing.macros.models import MacroRun
from services.routing.macros.order import MacroOrder, StepRejected
from services.routing.macros.preview import preview
from services.routing.macros.run import rejection
from services.routing.macros.steps import Step, read_steps
from services.routing.models import Outbox
from services.routing.subtasks import subtasks
from services.routing.supplements.models import SupplementRequest
from shared.i18n.formats import format_date
from shared.idempotency import KeyReused
from tests.builders import a_submission
from tests.store.routing.casework import ANNA, ERIK, EVA, PERMIT, SARA, command, everything, only

REQUEST = ("request_supplement", {"text": {"sv": "Ritning saknas i {case_number}."}, "answer_by": {"days": 14}})
HOLD = ("put_on_hold", {"until_day": {"days": 15}, "reason": {"sv": "Väntar på {submitter}."}})
TAG = ("add_tag", {"tag": "ritning-saknas"})
CLAIM = ("claim", {})
DECIDE = ("decide", {"outcome": "bifall", "reasons": {"sv": "9 kap. 30 § PBL."}})
CLOSE = ("close", {})
NOTE = ("note", {"text": {"sv": "Ringde."}})
MESSAGE = ("message", {"text": {"sv": "Vi har ringt."}})


def counted(action):
    """How often the action was performed in Älvdalen, by the metric."""
    return ACTIONS.labels("2039", action)._value.get()


def counted_rejected(action, reason):
    """How often the action was refused in Älvdalen, by the metric."""
    return REJECTED.labels("2039", action, reason)._value.get()


def test_each_step_is_an_action_of_its_own_with_its_entry_and_its_event(casework, make, carry):
    case = casework.a_case()
    before, performed = casework.now(case).sequence, counted("request_supplement")

    result = carry(make(CLAIM, REQUEST, TAG, HOLD), case)

    entries = everything(casework.store, JournalEntry, case_id=case.id)[before:]
    assert [each.action for each in entries] == ["claim", "request_supplement", "add_tag", "put_on_hold"]
    assert entries[1].data["text"] == f"Ritning saknas i {case.number}."
    assert entries[1].data["answer_by"] == (casework.clock().date() + timedelta(days=14)).isoformat()
    assert (entries[3].data["reason"], entries[3].actor_name) == ("Väntar på Kim Karlsson.", ANNA.name)
    now = casework.now(case)
    assert (result.sequence, result.state) == (now.sequence, now.state) == (before + 4, "awaiting_supplement")
    assert (now.officer_subject, now.tags, now.on_hold_until is None) == ("anna", ["ritning-saknas"], False)
    published = casework.published(case)[-2:]
    assert [each.type.split(".")[-2] for each in published] == ["assigned", "supplement_requested"]
    assert [each.sequence for each in published] == [before + 1, before + 2]
    assert open_case(ANNA, case.id, **casework.store_and_time).broken_at is None
    assert counted("request_supplement") == performed + 1


def test_the_events_are_those_of_the_single_actions(casework, make, carry):
    alone, together = casework.a_case(), casework.a_case()
    for each in (CLAIM, DECIDE, CLOSE):
        carry(make(each), alone)
    carry(make(CLAIM, DECIDE, CLOSE), together)

    def events(case):
        return [(each.type, each.sequence, set(each.data)) for each in casework.published(case)]

    assert events(alone) == events(together)


def test_a_step_that_is_refused_leaves_nothing_of_those_before_it(casework, make, carry):
    case = casework.a_case()
    carry(make(TAG), case)
    before, performed = casework.now(case), counted("claim")
    events = len(everything(casework.store, Outbox))

    with pytest.raises(StepRejected) as rejected:
        carry(make(CLAIM, REQUEST, TAG), case)

    assert (rejected.value.number, rejected.value.action, rejected.value.error.field) == (2, "add_tag", "tag")
    now = casework.now(case)
    assert (now.sequence, now.state, now.officer_subject) == (before.sequence, "queued", None)
    assert len(everything(casework.store, JournalEntry, case_id=case.id)) == before.sequence
    assert len(everything(casework.store, Outbox)) == events
    assert counted("claim") == performed


def test_what_would_be_refused_is_known_beforehand_and_nothing_is_changed(casework, context, make, carry):
    case = casework.a_case()
    macro, tagged = make(CLAIM, REQUEST, TAG), make(TAG)

    def foreseen():
        order = MacroOrder(ANNA, case.id, macro.id, casework.now(case).sequence)
        file = open_case(ANNA, case.id, **casework.store_and_time)
        return rejection(context, order, read_steps(requested_steps(context, order, file, macro), context.clock))

    assert foreseen() is None
    assert casework.now(case).state == "queued"
    carry(tagged, case)
    assert foreseen().number == 2


def test_what_is_refused_counts_as_the_single_action_does_and_what_is_only_tried_does_not(
    casework, context, make, carry
):
    case, macro = casework.a_case(), make(HOLD, DECIDE)
    before = counted_rejected("decide", "not_allowed"), counted_rejected("put_on_hold", "stale")
    order = MacroOrder(ANNA, case.id, macro.id, casework.now(case).sequence)
    file = open_case(ANNA, case.id, **casework.store_and_time)

    assert preview(context, order, file, macro).rejected.number == 1
    assert (counted_rejected("decide", "not_allowed"), counted_rejected("put_on_hold", "stale")) == before
    with pytest.raises(StepRejected):
        carry(macro, case)
    with pytest.raises(StaleCase):
        carry(macro, case, version=1)
    assert (counted_rejected("decide", "not_allowed"), counted_rejected("put_on_hold", "stale")) == (
        before[0] + 1,
        before[1] + 1,
    )


def test_a_state_that_does_not_allow_a_step_names_the_step(casework, make, carry):
    case = casework.a_case()

    with pytest.raises(StepRejected) as rejected:
        carry(make(TAG, CLOSE), case)

    assert isinstance(rejected.value.error, ActionNotAllowed)
    assert (rejected.value.number, casework.now(case).tags) == (1, [])


def test_sent_twice_with_one_key_it_is_carried_out_once(casework, alvdalen, make, carry):
    case = casework.a_case()
    macro = make(CLAIM, REQUEST)
    first = carry(macro, case, version=2, key="k")
    edit.remove(ANNA, macro.id, alvdalen, version=1, **casework.store_and_time)

    again = carry(macro, case, version=2, key="k")

    assert again == first
    assert casework.now(case).sequence == 4
    assert only(casework.store, MacroRun, case_id=case.id).sequence == 4
    with pytest.raises(KeyReused):
        carry(macro, case, version=2, key="k", steps=[{}, {"text": "Annat.", "answer_by": "2026-12-07"}])


def test_a_case_that_has_changed_since_it_was_seen_is_left_as_it_is(casework, make, carry):
    case = casework.a_case()
    note(command(case), "Ringde.", **casework.store_and_time)

    with pytest.raises(StaleCase):
        carry(make(TAG, CLAIM, HOLD), case, version=2)

    assert casework.now(case).tags == []


def test_a_case_that_has_changed_takes_what_each_action_alone_would_do_with_it(casework, make, carry):
    case, macro = casework.a_case(), make(NOTE, MESSAGE, HOLD)
    note(command(case), "Ringde.", **casework.store_and_time)

    carry(make(CLAIM, NOTE, TAG), case, version=2)
    carry(macro, case, version=2, steps=[{"text": "Ringde åter."}, {"text": "Hej."}, None])

    entries = everything(casework.store, JournalEntry, case_id=case.id)[2:]
    assert [each.action for each in entries] == ["note", "claim", "note", "add_tag", "note", "message"]


def test_what_the_officer_has_written_is_what_is_carried_out(casework, make, carry):
    case = casework.a_case()
    macro = make(CLAIM, REQUEST)
    own = [{}, {"text": "Fasad saknas.", "answer_by": "2026-12-01"}]

    carry(macro, case, macro_version=1, steps=own)

    [entry] = everything(casework.store, JournalEntry, case_id=case.id, action="request_supplement")
    assert (entry.data["text"], entry.data["answer_by"]) == ("Fasad saknas.", "2026-12-01")


@pytest.mark.parametrize(
    ("request_", "at"),
    [
        ({"text": "Hej {answer_by}", "answer_by": "2026-12-01"}, "text"),
        ({"text": "Hej", "answer_by": "2026-11-01"}, "answer_by"),
        (
            {"text": "Hej", "answer_by": "2026-12-01", "documents": ["7dcfa5c2-51a2-4b0d-ad18-b2ca8b7a7a75"]},
            "documents",
        ),
        ({"text": "Hej", "answer_by": "2026-12-01", "more": 1}, "more"),
        ({"answer_by": "2026-12-01"}, "text"),
    ],
)
def test_what_a_step_does_not_take_is_an_error_at_its_step_and_field(casework, make, carry, request_, at):
    case = casework.a_case()

    with pytest.raises(ValidationError) as error:
        carry(make(CLAIM, REQUEST), case, steps=[{}, request_])

    assert list(error.value.messages["steps"]) == [1]
    assert list(error.value.messages["steps"][1]) == [at]


def test_a_placeholder_that_the_case_has_no_value_for_is_refused_in_a_note_too(casework, make, carry):
    case = casework.a_case()

    with pytest.raises(ValidationError) as error:
        carry(make(("note", {"text": {"sv": "Svar senast {answer_by}."}})), case)

    assert error.value.messages == {"steps": {0: {"text": ["Write something in the place of {answer_by}."]}}}


def test_a_macro_that_was_changed_or_does_not_fit_is_not_carried_out(casework, alvdalen, make, carry):
    case = casework.a_case()
    macro, elsewhere = make(TAG), make(TAG, queue="gata")
    content = MacroContent("Ny", [Step(*CLAIM)])
    edit.change(ANNA, macro.id, content, alvdalen, version=1, **casework.store_and_time)

    with pytest.raises(StaleMacro):
        carry(macro, case, macro_version=1)
    with pytest.raises(MacroNotFound):
        carry(elsewhere, case)


def test_a_case_of_another_board_or_municipality_is_not_there(casework, make, carry):
    case = casework.a_case()

    for stranger in (ERIK, SARA):
        with pytest.raises(CaseNotFound):
            carry(make(TAG), case, officer=stranger)


def test_a_macro_of_another_municipality_is_not_there(casework, make, carry):
    case = casework.a_case("2409")

    with pytest.raises(MacroNotFound):
        carry(make(TAG), case, officer=SARA)


def test_a_case_that_is_moved_out_of_sight_takes_no_more_steps(casework, make, carry):
    case = casework.a_case()
    move = ("transfer", {"queue": "gata", "reason": {"sv": "Fel kö."}})

    with pytest.raises(StepRejected) as rejected:
        carry(make(TAG, move, ("note", {"text": {"sv": "Flyttat."}})), case, officer=EVA)

    assert (rejected.value.number, type(rejected.value.error)) == (2, CaseNotFound)
    assert (casework.now(case).queue, casework.now(case).tags) == ("bygglov", [])
    assert carry(make(TAG, move), case, officer=EVA).queue == "gata"


def test_who_has_a_conflict_of_interest_carries_out_no_macro_that_handles_the_case(casework, alvdalen, make, carry):
    case = casework.a_case()
    declare_conflict(command(case), "Granne.", alvdalen, **casework.store_and_time)

    with pytest.raises(StepRejected) as rejected:
        carry(make(("note", {"text": {"sv": "Ringde."}}), CLAIM), case)

    assert (rejected.value.number, type(rejected.value.error)) == (1, PartialOfficer)
    assert casework.now(case).sequence == 3
    assert carry(make(("note", {"text": {"sv": "Ringde."}})), case).sequence == 4


def test_two_cases_have_runs_of_their_own(casework, make, carry):
    macro = make(TAG)
    cases = [casework.a_case(), casework.a_case()]
    for number, case in enumerate(cases):
        carry(macro, case, key=f"k{number}")

    runs = {each.case_id: each for each in everything(casework.store, MacroRun)}
    assert runs.keys() == {case.id for case in cases}
    assert {(each.macro_id, each.macro_version, each.by_subject) for each in runs.values()} == {(macro.id, 1, "anna")}


def test_a_case_with_open_subtasks_is_closed_once_that_is_confirmed(casework, alvdalen, make, carry):
    casework.knows(ANNA)
    case, macro = casework.a_case(), make(CLAIM, DECIDE, CLOSE)
    subtasks.add(ANNA, case.id, "Mät.", assignee_subject="anna", organisation=alvdalen, **casework.store_and_time)

    with pytest.raises(StepRejected) as rejected:
        carry(macro, case)
    assert (rejected.value.number, rejected.value.error.field) == (2, "confirmed")
    decided = {"outcome": "bifall", "reasons": "9 kap. 30 § PBL."}
    assert carry(macro, case, steps=[{}, decided, {"confirmed": "true"}]).state == "closed"


def test_the_same_order_twice_at_once_is_carried_out_once(casework, make, carry):
    case, macro = casework.a_case(), make(CLAIM, REQUEST)

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: carry(macro, case, version=2, key="k"), range(2)))

    assert results[0] == results[1]
    assert casework.now(case).sequence == 4


def test_a_day_that_is_changed_is_changed_in_texts_too(casework, make, carry):
    case = casework.a_case()
    text = {"sv": "Ritning saknas. Svara senast den {answer_by}."}
    macro = make(CLAIM, ("request_supplement", {"text": text, "answer_by": {"days": 14}}))
    day = casework.clock().date() + timedelta(days=14)
    later = day + timedelta(days=7)
    written, kept = (f"Ritning saknas. Svara senast den {format_date(each, 'sv')}." for each in (later, day))

    with pytest.raises(ValidationError) as error:
        carry(macro, case, steps=[{}, {"text": kept, "answer_by": later.isoformat()}])
    assert error.value.messages["steps"].keys() == {1}
    assert format_date(later, "sv") in error.value.messages["steps"][1]["text"][0]
    carry(macro, case, steps=[{}, {"text": written, "answer_by": later.isoformat()}])

    assert only(casework.store, SupplementRequest, case_id=case.id).answer_by == later


def test_a_placeholder_is_what_the_case_has_when_its_step_is_carried_out(casework, context, make, carry):
    case = casework.a_case()
    macro = make(
        ("transfer", {"queue": "gata", "reason": {"sv": "Ej {board}."}}), ("note", {"text": {"sv": "{board}"}})
    )
    file = open_case(ANNA, case.id, **casework.store_and_time)

    seen = preview(context, MacroOrder(ANNA, case.id, macro.id, casework.now(case).sequence), file, macro)
    carry(macro, case)

    moved, noted = everything(casework.store, JournalEntry, case_id=case.id)[-2:]
    assert [each.request for each in seen.steps] == [{"queue": "gata", "reason": "Ej Byggnadsnämnden."}, noted.data]
    assert (moved.data["reason"], noted.data["text"]) == ("Ej Byggnadsnämnden.", "Tekniska nämnden")


def test_what_is_still_to_be_written_does_not_keep_later_steps_from_being_filled_in(casework, context, make):
    case = casework.a_case()
    move = ("transfer", {"queue": "gata", "reason": {"sv": "Svar senast {answer_by}."}})
    macro = make(move, ("note", {"text": {"sv": "{board}"}}))
    file = open_case(ANNA, case.id, **casework.store_and_time)

    seen = preview(context, MacroOrder(ANNA, case.id, macro.id, casework.now(case).sequence), file, macro)

    assert [each.request.get("text") for each in seen.steps] == [None, "Tekniska nämnden"]
    assert list(seen.errors) == [0]


def test_a_deadline_that_an_earlier_step_takes_away_is_not_filled_in(casework, make, carry):
    case = casework.a_case(handling=replace(a_submission().handling, deadline=PERMIT))
    until = ("note", {"text": {"sv": "Beslut senast {deadline}."}})

    carry(make(until, CLAIM), case)
    with pytest.raises(ValidationError) as error:
        carry(make(REQUEST, until), case)

    assert error.value.messages == {"steps": {1: {"text": ["Write something in the place of {deadline}."]}}}


def test_what_no_longer_holds_by_what_the_officer_changes_is_not_sent(casework, make, carry):
    case = casework.a_case()
    text = {"sv": "{board} har ärendet. Svara senast den {answer_by}."}
    macro = make(CLAIM, REQUEST, ("transfer", {"queue": "gata", "reason": {"sv": "Fel kö."}}), ("note", {"text": text}))
    day = casework.clock().date() + timedelta(days=14)
    asked = {"text": "Ritning saknas.", "answer_by": day.isoformat()}
    moved = {"queue": "livsmedel", "reason": "Fel kö."}

    def sent(board, *steps):
        noted = {"text": f"{board} har ärendet. Svara senast den {format_date(day, 'sv')}."}
        return carry(macro, case, steps=[{}, *steps, noted])

    def errors_of(board, *steps):
        with pytest.raises(ValidationError) as error:
            sent(board, *steps)
        return error.value.messages["steps"]

    assert errors_of("Tekniska nämnden", asked, moved) == {
        3: {"text": ["By what you have changed it is Miljönämnden, and this has Tekniska nämnden still."]}
    }
    assert errors_of("Tekniska nämnden", asked, None)[3]["text"][0].startswith(
        "By what you have changed it is Byggnads"
    )
    assert errors_of("Miljönämnden", None, moved) == {
        3: {"text": [f"By what you have changed {format_date(day, 'sv')} no longer holds, and this has it still."]}
    }
    assert sent("Miljönämnden", asked, moved).queue == "livsmedel"


def test_a_step_that_is_left_out_is_not_carried_out(casework, make, carry):
    case, macro = casework.a_case(), make(CLAIM, REQUEST, TAG)
    carry(make(TAG), case)
    before = casework.now(case).sequence
    answer_by = (casework.clock().date() + timedelta(days=14)).isoformat()
    request = {"text": "Ritning saknas.", "answer_by": answer_by}

    with pytest.raises(StepRejected) as rejected:
        carry(macro, case, steps=[None, request, None])
    assert rejected.value.number == 1, "nobody has the case"
    carry(macro, case, steps=[{}, request, None])
    with pytest.raises(ValidationError, match="at least one"):
        carry(macro, case, steps=[None, None, None])

    entries = everything(casework.store, JournalEntry, case_id=case.id)[before:]
    assert [each.action for each in entries] == ["claim", "request_supplement"]
