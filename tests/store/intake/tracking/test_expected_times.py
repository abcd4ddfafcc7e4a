"""How long such cases take, on the page of somebody who waits for one."""

from dataclasses import replace
from datetime import date

import pytest

from shared.events.routing import CaseDecided, CaseTimesMeasured
from tests.builders import NOON
from tests.store.intake.case_events import STEPS, case_events
from tests.system.submissions import a_fault_report

TIMES = CaseTimesMeasured(
    eservice="felanmalan",
    at=NOON,
    enough=True,
    since=date(2025, 11, 23),
    cases=84,
    median_days=3,
    ninetieth_days=12,
    median_days_in_queue=0,
    ninetieth_days_in_queue=2,
)
TOO_FEW = "För få sådana ärenden har avslutats det senaste året för att det ska gå att säga."


def measured(times, *, sequence=1, municipality="2039"):
    """The event of it."""
    return times.event(subject=f"{municipality}/felanmalan", municipality=municipality, sequence=sequence, at=NOON)


def expected(intake, submission):
    """What the API's status has of it."""
    return intake.status(submission.reference).json["expected"]


def test_who_waits_for_an_officer_sees_both_times(any_intake):
    submission = any_intake.submitted(a_fault_report())
    assert expected(any_intake, submission) == TOO_FEW

    any_intake.receive(measured(TIMES))

    assert expected(any_intake, submission) == (
        "Av de 84 ärenden som avslutades det senaste året tog hälften högst 3 dagar från att de kom in, och nio av tio "
        "högst 12 dagar. En handläggare tog hälften av dem inom 1 dag, och nio av tio inom 2 dagar."
    )


def test_the_last_that_was_measured_counts_in_whatever_order_it_comes(any_intake):
    submission = any_intake.submitted(a_fault_report())
    fewer = replace(TIMES, enough=False, cases=3)

    any_intake.receive(measured(fewer, sequence=2))
    any_intake.receive(measured(TIMES), measured(TIMES, municipality="2409", sequence=9))

    assert expected(any_intake, submission) == TOO_FEW


@pytest.mark.parametrize("language", ["sv", "en"])
def test_of_a_case_that_has_ended_nothing_is_expected(intake, language):
    submission = intake.submitted(a_fault_report())
    intake.receive(measured(TIMES), *case_events(submission, [*STEPS, (CaseDecided, "decided")]))

    assert intake.status(submission.reference, language).json["expected"] is None
