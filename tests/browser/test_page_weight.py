"""What the first page of each form needs of style sheets, scripts and fonts is little, and is fetched once."""

import gzip
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from tests.browser.conftest import Visit
from tests.house.reading import ROOT

pytestmark = pytest.mark.chromium

MOST_BYTES = 100_000  # compressed
FETCHED = "() => performance.getEntriesByType('resource').map(each => each.name)"
KEPT = "public, max-age=31536000, immutable"
ESERVICES = sorted(
    yaml.safe_load(file.read_text())["code"]
    for file in (ROOT / "eservices/common").glob("*.yaml")
    if file.stem != "vocabulary"
)


@pytest.fixture(scope="module")
def weights(installation: str) -> dict[str, int]:
    """The bytes of each file, compressed, by its path: known files are not fetched again."""
    return {}


@pytest.mark.parametrize("code", ESERVICES)
def test_a_form_is_light(visit: Visit, installation: str, weights: dict[str, int], code: str) -> None:
    page = visit(installation)
    page.goto(f"/alvdalen/e-tjanster/{code}", wait_until="networkidle")
    fetched = [each for each in page.evaluate(FETCHED) if each.startswith(installation)]

    for address in fetched:
        if address not in weights:
            weights[address] = len(gzip.compress(httpx.get(address).content, mtime=0))

    assert any(urlsplit(each).path.endswith("form.js") for each in fetched)
    assert sum(weights[each] for each in fetched) < MOST_BYTES


def test_what_has_a_version_in_its_address_is_kept_and_other_files_are_asked_for_anew(
    visit: Visit, installation: str
) -> None:
    page = visit(installation)
    page.goto(f"/alvdalen/e-tjanster/{ESERVICES[0]}")
    address = page.locator("link[rel=stylesheet]").first.get_attribute("href") or ""

    old = address.partition("?")[0]
    versioned, bare, outdated = (httpx.get(installation + each) for each in (address, old, f"{old}?v=0"))

    assert "?v=" in address
    assert versioned.headers["Cache-Control"] == KEPT
    assert KEPT not in (bare.headers["Cache-Control"], outdated.headers["Cache-Control"])
