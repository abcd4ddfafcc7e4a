"""Putting a case back in its queue."""

from services.routing.actions.release import release
from tests.store.routing.casework import command


def test_a_released_case_is_nobodys_and_in_its_queue(casework, claimed, alvdalen):
    release(command(claimed), alvdalen, **casework.store_and_time)

    now = casework.now(claimed)
    assert (now.state, now.officer_subject, now.officer_name) == ("queued", None, None)
