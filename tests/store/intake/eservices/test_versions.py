"""What was begun with a definition goes on with it, though another has come in its place."""

import pytest

from services.intake.eservices.loader import from_text
from services.intake.eservices.models import EServiceVersion
from services.intake.eservices.versions import UnknownVersion, eservice_of, remember
from tests.builders import NOON
from tests.unit.intake.forms.demo_forms import ESERVICES

FAULT_REPORT = ESERVICES["felanmalan"]
NEWER = from_text(FAULT_REPORT.source.replace(b"version: 2", b"version: 3"), "felanmalan")


def kept(intake, *eservices, municipality="2039"):
    with intake.database.sessions.begin() as session:
        return [remember(session, municipality, each, NOON) for each in eservices]


def test_each_version_is_found_by_its_hash(any_intake):
    old, new = kept(any_intake, FAULT_REPORT, NEWER)

    with any_intake.database.sessions() as session:
        assert eservice_of(session, "2039", old) == FAULT_REPORT
        assert eservice_of(session, "2039", new).version == 3


def test_what_is_remembered_twice_is_kept_once(any_intake):
    kept(any_intake, FAULT_REPORT)
    kept(any_intake, FAULT_REPORT)

    [row] = any_intake.rows(EServiceVersion)
    assert (row.eservice, row.version, row.content_hash) == ("felanmalan", 2, FAULT_REPORT.content_hash)


def test_a_municipality_finds_only_its_own(any_intake):
    [found] = kept(any_intake, FAULT_REPORT, municipality="2409")

    with any_intake.database.sessions() as session, pytest.raises(UnknownVersion):
        eservice_of(session, "2039", found)


def test_what_this_release_can_no_longer_read_is_not_there(any_intake):
    with any_intake.database.sessions.begin() as session:
        session.add(
            EServiceVersion(
                municipality="2039",
                content_hash="0" * 64,
                eservice="felanmalan",
                version=1,
                source=b"code: felanmalan",
                remembered_at=NOON,
            )
        )

    with any_intake.database.sessions() as session, pytest.raises(UnknownVersion):
        eservice_of(session, "2039", "0" * 64)
