"""`arende search rebuild`: every case can be found as if it had been written after the search came."""

from sqlalchemy import delete

from services.routing.actions.note import note
from services.routing.search import rebuild as rebuilding
from services.routing.search.documents import use_key
from services.routing.search.find import search
from services.routing.search.models import SearchDocument
from tests.builders import an_attachment
from tests.store.routing.casework import ANNA, LINK_KEY, command, everything


def documents(store):
    """What each case is found by."""
    return {each.case_id: (each.place, each.head, each.whole) for each in everything(store, SearchDocument)}


def test_the_documents_are_as_they_were_written_with_the_cases(store, casework, monkeypatch):
    use_key(store.sessions, LINK_KEY)
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    cases = [casework.a_case(attachments=[an_attachment()]) for _ in range(5)]
    note(command(cases[0]), "Bullerplank vid Solhem.", **casework.store_and_time)
    note(command(cases[0]), "Ringde.", **casework.store_and_time)
    before = documents(store)
    with store.sessions.begin() as session:
        session.execute(delete(SearchDocument).where(SearchDocument.case_id.in_([each.id for each in cases[:3]])))

    assert list(rebuilding.rebuild(store.sessions)) == [2, 4, 5]

    assert documents(store) == before
    assert [each.case.id for each in search(ANNA, "bullerplank", sessions=store.sessions).cases] == [cases[0].id]
