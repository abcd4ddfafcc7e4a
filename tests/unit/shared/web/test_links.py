"""Signed links that cannot be used are problems."""

from shared.links import sign
from shared.web import links

KEY = "k" * 40


def test_a_signed_link_carries_what_it_opens():
    assert links.verify(KEY, sign(KEY, ["attachment", 7]), max_age=60) == ["attachment", 7]


def test_a_link_that_somebody_changed_is_refused(problem_with):
    for signature in (sign("other" * 10, 7), sign(KEY, 7) + "x", "", "å", "a.b.c", "\0" * 5000):
        with problem_with(403):
            links.verify(KEY, signature, max_age=60)


def test_an_old_link_has_expired(problem_with):
    with problem_with(410):
        links.verify(KEY, sign(KEY, 7), max_age=-1)
