"""Opening a case."""

import threading
from dataclasses import replace

from sqlalchemy import event

from services.routing.actions.note import note
from services.routing.cases.case_file import open_case
from services.routing.cases.models import CaseRead, JournalEntry
from shared.events.intake import Answer
from tests.builders import an_attachment
from tests.store.routing.casework import ANNA, command, everything


def test_opening_a_case_shows_all_of_it_and_records_who_read_it(store, casework, case):
    file = open_case(ANNA, case.id, **casework.store_and_time)

    assert [entry.action for entry in file.entries] == ["register", "queue", "claim", "note"]
    assert file.content.explanation["winner"]["name"] == "Bygglov"
    assert [(row.subject, row.case_id) for row in everything(store, CaseRead)] == [("anna", case.id)]


def test_an_action_while_a_case_is_read_does_not_look_like_tampering(store, casework, case):
    noting = threading.Thread(target=lambda: note(command(case), "Ringde igen.", **casework.store_and_time))

    @event.listens_for(store.engine, "after_cursor_execute")
    def note_once_the_case_is_read(*_):
        if noting.ident is None:
            noting.start()
            noting.join(0.5)

    assert open_case(ANNA, case.id, **casework.store_and_time).broken_at is None
    noting.join()
    assert len(everything(store, JournalEntry)) == 5


def test_files_stand_under_their_question_and_entry(casework):
    def answered(field):
        return Answer(field, {"sv": field}, {"sv": "x"})

    def attached(field, name, label=True):
        return replace(an_attachment(name, field=field), label={"sv": f"{field}?"} if label else None)

    case = casework.a_case(
        answers=[answered(each) for each in ("name", "children.1.child", "children.2.child", "rent")],
        attachments=[
            attached("plan", "plan.pdf"),
            attached("children.2.certificate", "robin.pdf"),
            attached("children.1.certificate", "kim.pdf"),
            attached("children.1.certificate", "kim-2.pdf"),
            attached("older", "okand.pdf", label=False),
        ],
    )
    file = open_case(ANNA, case.id, **casework.store_and_time)

    assert [each.answer["field"] if each.answer else [one["name"] for one in each.files] for each in file.sent] == [
        *("name", "children.1.child", ["kim.pdf", "kim-2.pdf"], "children.2.child", ["robin.pdf"]),
        *("rent", ["plan.pdf"], ["okand.pdf"]),
    ]  # fmt: skip
    assert [each.label and each.label["sv"] for each in file.sent if each.files] == [
        "children.1.certificate?", "children.2.certificate?", "plan?", None,
    ]  # fmt: skip
