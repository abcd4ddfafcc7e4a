"""The operator's commands: where is this submission, is anything missing, publish all of it again."""

import json
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, select

from services.intake.submissions.models import Submission
from shared.clock import utc_now
from tests.system import ledger
from tests.system.people import Citizen, eventually
from tests.system.submissions import a_fault_report


@pytest.fixture(scope="module")
def reference(installation):
    """The reference of a submission that has come all the way."""
    given = Citizen(installation).submit(a_fault_report()).json()["reference"]
    eventually(lambda: ledger.assert_one_of_each(installation, [given]))
    eventually(lambda: ledger.events_on_their_way(installation) == 0)
    return given


def test_trace_shows_the_whole_way_in_order(installation, reference):
    def traced():
        steps = json.loads(installation.arende("trace", reference, "--json").stdout)
        assert all(step["at"] for step in steps), "not yet"
        return steps

    steps = eventually(traced)

    whole = [(step["service"], step["what"]) for step in steps]
    way = [
        ("intake", "submission stored (felanmalan)"),
        ("intake", "submission.received published"),
        ("routing", "submission.received handled"),
        ("routing", "case.registered published"),
        ("intake", "case.registered handled"),
    ]
    assert [step for step in whole if step in way] == way
    assert ("notify", "submission.received handled") in whole
    assert any(service == "notify" and what.startswith("receipt by ") for service, what in whole)
    assert ("notify", "notification receipt delivered") in whole
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    assert all(step["lag"] >= 0 for step in steps if step["lag"] is not None)


def test_trace_is_a_table_without_personal_data(installation, reference):
    output = installation.arende("trace", reference.lower().replace("-", " ")).stdout

    assert output.startswith("time (UTC)")
    assert re.search(r"\+?\d+\.\d{3} s", output)
    assert "karin" not in output
    assert "Dalgatan" not in output


def test_trace_knows_no_other_reference(installation):
    result = installation.arende("trace", "0000-0000-0000-0000")

    assert result.exit_code == 1
    assert "no submission has that reference" in result.stderr


def test_reconcile_finds_nothing_missing(installation, reference):
    result = installation.arende("reconcile", "--grace", "30s")

    assert (result.exit_code, result.stdout) == (0, "Nothing is missing.\n")


def test_reconcile_names_what_lacks_a_counterpart(installation, reference):
    sessions = installation.stores["intake"].database.sessions
    lost = uuid4()
    with sessions.begin() as session:
        stored = session.execute(select(Submission.__table__).where(Submission.reference == reference)).mappings()
        row = dict(stored.one())
        row |= {"id": lost, "reference": str(lost), "idempotency_key": None}
        row |= {"received_at": utc_now() - timedelta(minutes=5)}
        session.execute(insert(Submission).values(row))
    try:
        result = installation.arende("reconcile")
    finally:
        with sessions.begin() as session:
            session.execute(delete(Submission).where(Submission.id == UUID(str(lost))))

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{lost}  submission without case",
        f"{lost}  submission without receipt",
        "2 missing",
    ]


def test_what_is_published_again_changes_nothing(installation, reference):
    since = (utc_now() - timedelta(hours=1)).isoformat()
    mails = len(installation.mails())
    cases = ledger.cases(installation)

    for service in ("intake", "routing", "notify"):
        result = installation.arende("replay", service, "--since", since)
        assert "events will be published again" in result.stdout, result.stderr
    eventually(lambda: ledger.events_on_their_way(installation) == 0)
    after = Citizen(installation).submit(a_fault_report()).json()["reference"]
    eventually(lambda: ledger.assert_one_of_each(installation, [after]))

    assert len(installation.mails()) == mails + 1
    assert ledger.cases(installation).total() == cases.total() + 1


def test_a_token_is_printed_that_opens_the_queues(installation):
    token = installation.arende("token", "--as", "erik.eriksson").stdout.strip()

    answer = Citizen(installation).client.get(
        installation.url("/routing/api/v1/queues"), headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 200


def test_the_e_services_are_valid(installation):
    result = installation.arende("eservice", "check")

    assert result.exit_code == 0, result.stdout + result.stderr
