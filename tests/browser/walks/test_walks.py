"""Some e-services are walked through, each in another way; `make walks` walks through each in all of them."""

import pytest

from bench.installation import Installation
from tests.browser.conftest import Visit
from tests.browser.walks.cells import MATRIX, Cell
from tests.browser.walks.plans import EACH_ONCE, plans
from tests.browser.walks.walking import walk

pytestmark = pytest.mark.chromium

EVERY = 4  # of the e-services: all ways are among them
SOME = [(slug, code, MATRIX[number % len(MATRIX)]) for number, (code, slug) in enumerate(EACH_ONCE)][::EVERY]


@pytest.mark.parametrize(("slug", "code", "cell"), SOME, ids=str)
def test_it_is_filled_in_from_the_catalogue_to_the_receipt(
    visit: Visit, embedded_default: Installation, slug: str, code: str, cell: Cell
) -> None:
    walk(visit, embedded_default, cell, plans(slug, code)[0], None)
