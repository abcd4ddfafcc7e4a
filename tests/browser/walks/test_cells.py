"""The ways in which every e-service is walked through."""

from dataclasses import astuple
from itertools import combinations, product

from tests.browser.walks.cells import DESKTOP, MATRIX, NARROW

VALUES = ("sv", "en"), (NARROW, DESKTOP), (True, False), (True, False)


def test_any_two_of_language_width_scripts_and_keyboard_meet_in_each_combination() -> None:
    for one, other in combinations(range(len(VALUES)), 2):
        met = {(astuple(cell)[one], astuple(cell)[other]) for cell in MATRIX}
        assert met == set(product(VALUES[one], VALUES[other]))
