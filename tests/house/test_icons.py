"""Every page names its icon: a browser else asks for `/favicon.ico`, which is not there, and says so to who looks."""

import pytest

from tests.house.reading import ROOT

SKELETONS = [path for path in sorted(ROOT.glob("services/**/templates/**/*.html")) if "arende.css" in path.read_text()]


@pytest.mark.parametrize("page", SKELETONS, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_its_icon(page):
    assert '<link rel="icon"' in page.read_text()
