"""The gauges of what waits too long."""

from services.intake.tracking.gauges import OLDEST_WITHOUT_CASE, WITHOUT_CASE, WITHOUT_RECEIPT, measure
from shared.events import notify
from tests.store.intake.case_events import STEPS, case_events, notified
from tests.system.submissions import a_fault_report


def test_what_stands_still_shows_in_the_figures(any_intake):
    submission = any_intake.submitted(a_fault_report())
    any_intake.clock.move(seconds=59)
    measure(any_intake.database.sessions, now=any_intake.clock.now)
    assert (WITHOUT_CASE._value.get(), WITHOUT_RECEIPT._value.get()) == (0, 0)

    any_intake.clock.move(seconds=31)
    measure(any_intake.database.sessions, now=any_intake.clock.now)
    assert (WITHOUT_CASE._value.get(), WITHOUT_RECEIPT._value.get(), OLDEST_WITHOUT_CASE._value.get()) == (1, 1, 90)

    any_intake.receive(
        *case_events(submission, STEPS[:1]), notified(submission, notify.NotificationSkipped, cause="no_address")
    )
    measure(any_intake.database.sessions, now=any_intake.clock.now)
    assert (WITHOUT_CASE._value.get(), WITHOUT_RECEIPT._value.get()) == (0, 0)
