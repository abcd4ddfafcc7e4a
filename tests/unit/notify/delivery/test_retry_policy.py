"""When mail is tried again."""

from datetime import timedelta

from services.notify.delivery.retry_policy import WAITS, next_attempt_at
from tests.builders import NOON


def test_the_waits_grow_and_span_about_two_days() -> None:
    assert list(WAITS) == sorted(WAITS)
    assert timedelta(hours=40) < sum(WAITS, timedelta()) < timedelta(hours=50)


def test_each_failure_has_its_wait() -> None:
    assert next_attempt_at(1, failed_at=NOON) == NOON + timedelta(minutes=1)
    assert next_attempt_at(2, failed_at=NOON) == NOON + timedelta(minutes=5)
    assert next_attempt_at(len(WAITS), failed_at=NOON) == NOON + timedelta(days=1)


def test_after_the_last_wait_it_is_given_up() -> None:
    assert next_attempt_at(len(WAITS) + 1, failed_at=NOON) is None
