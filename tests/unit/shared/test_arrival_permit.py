"""The desk's permit to enter something: for one e-service of one municipality, and nothing else that is signed."""

import pytest

from shared import arrival_permit, links
from shared.arrival_permit import ArrivalPermit, read, sign
from shared.links import LinkExpired, LinkInvalid

KEY = "k" * 40
PERMIT = ArrivalPermit("2039", "bygglov", "anna", "Anna Andersson")
HERE = {"municipality": "2039", "eservice": "bygglov"}


def test_a_permit_is_for_one_eservice_of_one_municipality():
    signed = sign(KEY, PERMIT)

    assert read(KEY, signed, **HERE) == PERMIT
    for elsewhere in ({"municipality": "0180"}, {"eservice": "felanmalan"}):
        with pytest.raises(LinkInvalid):
            read(KEY, signed, **HERE | elsewhere)


def test_a_permit_opens_no_file_and_a_link_to_a_file_is_no_permit():
    with pytest.raises(LinkInvalid):
        links.read(KEY, sign(KEY, PERMIT), max_age=60)
    with pytest.raises(LinkInvalid):
        read(KEY, links.sign(KEY, vars(PERMIT)), **HERE)


def test_a_permit_does_not_last(monkeypatch):
    monkeypatch.setattr(arrival_permit, "LASTS", -1)

    with pytest.raises(LinkExpired):
        read(KEY, sign(KEY, PERMIT), **HERE)
