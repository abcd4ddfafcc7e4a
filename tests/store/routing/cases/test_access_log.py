"""The access log: who read which case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound
from services.routing.cases.models import CaseRead
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, everything


def test_what_is_not_shown_is_not_recorded_as_read(store, casework, case):
    with pytest.raises(CaseNotFound):
        open_case(ERIK, case.id, **casework.store_and_time)

    assert everything(store, CaseRead) == []


def test_every_opening_is_recorded_with_its_time(store, casework, case):
    open_case(ANNA, case.id, **casework.store_and_time)
    casework.clock.move(minutes=5)
    open_case(replace(ANNA, subject="eva"), case.id, **casework.store_and_time)

    reads = [(read.subject, read.municipality, read.at) for read in everything(store, CaseRead, case_id=case.id)]
    assert reads == [("anna", "2039", NOON), ("eva", "2039", NOON + timedelta(minutes=5))]
