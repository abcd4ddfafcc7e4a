"""What ends in intake's store, and what stays."""

from services.intake.submissions.models import Submission
from services.intake.worker import loops
from tests.system.submissions import a_fault_report


def test_by_which_key_a_submission_came_is_forgotten_after_its_days_and_the_submission_stays(any_intake):
    old = any_intake.submit(a_fault_report(), key="first").json["reference"]
    any_intake.clock.move(days=20)
    new = any_intake.submit(a_fault_report(), key="second").json["reference"]
    any_intake.clock.move(days=11)

    [retention] = [
        loop for loop in loops(any_intake.settings, clock=any_intake.clock) if loop.name == "intake-retention"
    ]
    retention.action()

    keys = {row.reference: (row.idempotency_key, row.fingerprint) for row in any_intake.rows(Submission)}
    assert keys[old] == (None, None)
    assert keys[new][0] == "second"
    again = any_intake.submit(a_fault_report(), key="second")
    assert again.json["reference"] == new
