"""What came of commands, and how many processes have ended with one that comes again."""

import pytest

from services.routing.external.records import MOST_CRASHES, PROCESS_ENDED, CommandRecords, EarlierReply
from shared.database import Database
from tests.builders import HandClock

KEY = ("lampsystem", "1")
DEATH = f'{{"error":"{PROCESS_ENDED}"}}'.encode()


@pytest.fixture
def a_worker(store: Database, clock: HandClock):
    """Makes a worker's records, as a new process has them."""
    return lambda: CommandRecords(store.sessions, clock)


def test_the_third_process_that_ends_in_an_attempt_is_the_last(a_worker):
    for deaths in range(MOST_CRASHES):
        assert a_worker().deaths(KEY) == deaths
        assert a_worker().begin(KEY) is None

    assert a_worker().begin(KEY) == EarlierReply(DEATH, None)
    assert a_worker().earlier(KEY) == EarlierReply(DEATH, None), "whatever its content is"


def test_an_attempt_that_a_process_outlived_is_no_death(a_worker):
    one, other = a_worker(), a_worker()
    for _ in range(5):  # the store went away in each, and the broker gave the command to the other
        assert one.begin(KEY) is None
        one.unended.add(KEY)
        assert other.begin(KEY) is None
        other.unended.add(KEY)

    assert a_worker().earlier(KEY) is None


def test_a_reply_is_kept_and_the_first_of_two_is_that_of_both(a_worker):
    one, other = a_worker(), a_worker()
    one.begin(KEY)

    assert one.end(KEY, "f", b"first") == b"first"
    assert other.end(KEY, "f", b"second") == b"first"
    assert other.begin(KEY) == EarlierReply(b"first", "f")
    assert other.deaths(KEY) == 0


def test_what_may_be_another_next_time_is_forgotten(a_worker):
    worker = a_worker()
    worker.begin(KEY)
    worker.forget(KEY)

    assert a_worker().deaths(KEY) == 0
