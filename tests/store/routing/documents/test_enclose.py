"""Files that officers send: they belong to the action that they were sent with, all of them or none."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from marshmallow import ValidationError

from services.routing.actions.claim import CLAIM
from services.routing.actions.decide import DECIDE
from services.routing.actions.message import MESSAGE
from services.routing.actions.request_supplement import REQUEST_SUPPLEMENT
from services.routing.bulk.request import read
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound, InvalidInput, StaleCase
from services.routing.cases.models import JournalEntry
from services.routing.context import RoutingContext
from services.routing.documents.models import Document
from services.routing.documents.upload import kept_documents, purge, receive
from services.routing.organisation import loader
from services.routing.search.models import SearchDocument
from shared.events.routing import CaseDecided, CaseMessageSent, CaseSupplementRequested, SentDocument
from shared.files.integrity import Damage, FileDamaged
from shared.files.receive import FileNotReceived
from shared.files.storage import Storage
from tests.builders import a_submission
from tests.store.routing.casework import (
    ANNA,
    ERIK,
    ESERVICES,
    EVA,
    LINK_KEY,
    MUNICIPALITIES,
    command,
    decision_data,
    everything,
    only,
)
from tests.system.submissions import PDF


@pytest.fixture(scope="module")
def live():
    return loader.live(MUNICIPALITIES, ESERVICES)


@pytest.fixture
def context(store, clock, live, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    return RoutingContext(store.sessions, live, clock, "https://e.example.se", LINK_KEY, 10, Storage(folder))


@pytest.fixture
def uploaded(context, claimed):
    """Uploads a file for the case; its row."""

    def upload(name="ritning.pdf", content=PDF, officer=ANNA, case=claimed):
        return receive(
            officer, case.id, name, BytesIO(content), storage=context.storage, scanner=None, **context.store_and_time()
        )

    return upload


def sent(document):
    return SentDocument(document.id, document.name, document.media_type, document.size, document.sha256)


def test_a_message_takes_its_files_over_and_the_event_has_them(context, casework, claimed, uploaded):
    plan, letter = uploaded(), uploaded("brev.pdf")

    result = MESSAGE.perform(context, command(claimed), {"text": "Se filerna.", "documents": [plan.id, letter.id]})

    payload = CaseMessageSent.open(casework.published(claimed)[-1])
    assert payload.documents == [sent(plan), sent(letter)]
    assert {each.sequence for each in everything(casework.store, Document)} == {result.sequence}
    file = open_case(ANNA, claimed.id, **casework.store_and_time)
    assert [each["name"] for each in file.documents] == ["ritning.pdf", "brev.pdf"]
    assert (file.documents[0]["sha256"], file.broken_at) == (plan.sha256, None)
    assert context.storage.open(plan.id).read() == PDF
    assert "brev.pdf" in only(casework.store, SearchDocument).whole


def test_so_do_a_supplement_request_and_a_decision(context, casework, claimed, uploaded):
    form, permit = uploaded("blankett.pdf"), uploaded("beslut.pdf")
    asked = {"text": "Fyll i blanketten.", "answer_by": (casework.clock() + timedelta(days=14)).date()}

    REQUEST_SUPPLEMENT.perform(context, command(claimed), asked | {"documents": [form.id]})
    payload = CaseSupplementRequested.open(casework.published(claimed)[-1])
    DECIDE.perform(context, command(claimed), {**decision_data(), "documents": [permit.id], "close": True})

    assert payload.documents == [sent(form)]
    [decided] = [each for each in casework.published(claimed) if each.name == "case.decided"]
    assert CaseDecided.open(decided).documents == [sent(permit)]


def test_who_reports_about_others_gets_no_file_of_the_decision(context, casework, uploaded):
    case = casework.a_case(handling=replace(a_submission().handling, submitter_is_party=False))
    CLAIM.perform(context, command(case), {})
    permit = uploaded("beslut.pdf", case=case)

    DECIDE.perform(context, command(case), {**decision_data(), "documents": [permit.id]})

    assert CaseDecided.open(casework.published(case)[-1]).documents == []
    assert [each["name"] for each in open_case(ANNA, case.id, **casework.store_and_time).documents] == ["beslut.pdf"]


def test_what_was_not_performed_leaves_the_file_for_the_next_time(context, casework, claimed, uploaded):
    plan = uploaded()
    data = {**decision_data(), "documents": [plan.id]}
    with pytest.raises(StaleCase):
        DECIDE.perform(context, command(claimed, version=1), data)
    assert only(casework.store, Document).sequence is None

    DECIDE.perform(context, command(claimed), data)

    assert only(casework.store, Document).sequence is not None


def test_the_same_form_sent_twice_with_its_file_is_one_message(context, casework, claimed, uploaded):
    first, again = uploaded(), uploaded()

    results = [
        MESSAGE.perform(context, command(claimed, key="k"), {"text": "Hej!", "documents": [each.id]})
        for each in (first, again)
    ]

    assert results[0] == results[1]
    assert sum(each.sequence is not None for each in everything(casework.store, Document)) == 1


@pytest.mark.parametrize("whose", ["nobody's", "a colleague's", "another case's", "sent already"])
def test_only_what_the_officer_uploaded_for_the_case_can_be_sent_and_once(context, casework, claimed, uploaded, whose):
    document = {
        "nobody's": uuid4,
        "a colleague's": lambda: uploaded(officer=EVA).id,
        "another case's": lambda: uploaded(case=casework.a_case()).id,
        "sent already": lambda: uploaded().id,
    }[whose]()
    if whose == "sent already":
        MESSAGE.perform(context, command(claimed), {"text": "Hej!", "documents": [document]})
    before = len(everything(casework.store, JournalEntry, case_id=claimed.id))

    with pytest.raises(InvalidInput, match="not here any more"):
        MESSAGE.perform(context, command(claimed), {"text": "Hej igen!", "documents": [document]})

    assert len(everything(casework.store, JournalEntry, case_id=claimed.id)) == before


def test_a_file_that_is_gone_from_the_disk_cannot_be_sent(context, claimed, uploaded):
    plan = uploaded()
    context.storage.delete(plan.id)

    with pytest.raises(InvalidInput):
        MESSAGE.perform(context, command(claimed), {"text": "Hej!", "documents": [plan.id]})


def test_nobody_uploads_to_a_case_that_they_may_not_see(uploaded):
    with pytest.raises(CaseNotFound):
        uploaded(officer=ERIK)


@pytest.mark.parametrize(("name", "content", "code"), [("a.exe", b"MZ", "file_type"), ("a.pdf", b"", "empty_file")])
def test_a_file_of_no_accepted_kind_leaves_nothing(casework, uploaded, name, content, code):
    with pytest.raises(FileNotReceived, match=code):
        uploaded(name, content)

    assert not everything(casework.store, Document)


def test_what_was_not_sent_within_a_day_is_deleted_and_what_was_sent_stays(context, casework, claimed, uploaded):
    plan, unsent = uploaded(), uploaded()
    MESSAGE.perform(context, command(claimed), {"text": "Hej!", "documents": [plan.id]})
    casework.clock.move(days=1, seconds=1)

    purge(storage=context.storage, sessions=casework.store.sessions, now=casework.clock())

    assert [each.id for each in everything(casework.store, Document)] == [plan.id]
    assert (context.storage.has(plan.id), context.storage.has(unsent.id)) == (True, False)


def test_a_file_that_is_missing_is_found_and_not_opened(context, casework, claimed, uploaded):
    plan = uploaded()
    MESSAGE.perform(context, command(claimed), {"text": "Hej!", "documents": [plan.id]})
    context.storage.delete(plan.id)
    kept = kept_documents(context.storage, casework.store.sessions)

    kept.check_some(most_bytes=1_000_000, now=casework.clock())

    assert only(casework.store, Document).damage == Damage.MISSING
    with pytest.raises(FileDamaged):
        kept.open_whole(only(casework.store, Document), casework.clock())


def test_no_files_go_with_an_action_on_many_cases_at_once(clock):
    with pytest.raises(ValidationError, match="No files"):
        read(MESSAGE, {"text": "Hej!", "documents": [str(uuid4())]}, clock)
