"""Every e-service is walked through in each of the ways, with a picture of every state: `make walks`."""

import pytest

from bench.installation import Installation
from tests.browser.conftest import Visit
from tests.browser.walks.cells import MATRIX, Cell
from tests.browser.walks.picture_index import FOLDER
from tests.browser.walks.plans import EACH_ONCE, exits, plans
from tests.browser.walks.walking import walk, walk_to_exit

# The longest form has some forty pages, each looked at and judged; a timeout ends the browser of all that follow.
pytestmark = [pytest.mark.chromium, pytest.mark.timeout(900)]


@pytest.mark.parametrize("cell", MATRIX, ids=str)
@pytest.mark.parametrize(("code", "slug"), EACH_ONCE, ids=[code for code, _ in EACH_ONCE])
def test_it_is_filled_in_from_the_catalogue_to_the_receipt(
    visit: Visit, embedded_default: Installation, slug: str, code: str, cell: Cell
) -> None:
    ways = plans(slug, code)
    walk(visit, embedded_default, cell, ways[MATRIX.index(cell) % len(ways)], FOLDER / code / str(cell))
    for way in exits(slug, code):
        walk_to_exit(visit, embedded_default, cell, way, FOLDER / code / f"{cell}-exit-{way.pages[-1].code}")
