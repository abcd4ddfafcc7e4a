"""The leader's page: figures as pictures and tables, by queue and e-service, and as a file."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.organisation import loader
from services.routing.statistics.figures import FigureTaker
from tests.browser.checks import LANGUAGES, NARROW, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import ESERVICES, MUNICIPALITIES, RoutingService, fault_report
from tests.store.routing.casework import ANNA, command

pytestmark = pytest.mark.chromium

ENDED = 24


@pytest.fixture(scope="module")
def figures(service: RoutingService) -> None:
    """Some of the cases have ended, and the worker has taken the figures."""
    alvdalen = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    now = {"sessions": service.store.sessions, "now": service.clock()}
    for number in range(ENDED):
        case = service.receive(fault_report(number))
        claim(command(case), **now)
        decide(command(case), {"outcome": "atgardat", "reasons": "Lagat."}, alvdalen, **now)
    claim(command(service.receive(fault_report(2))), **now)
    FigureTaker(service.store.sessions, service.clock).run()


def test_a_leader_sees_pictures_with_their_figures_chooses_a_queue_and_takes_the_file(
    signed_in: Visit, figures: None, tmp_path: Path
):
    leader = signed_in(scripts=False)
    leader.get_by_role("link", name="Siffror").click()

    expect(leader.get_by_role("heading", level=1)).to_have_text("Siffror")
    expect(leader.get_by_role("img")).to_have_count(3)
    for summary in leader.get_by_text("Siffrorna i en tabell").all():
        summary.click()
    ended = leader.get_by_role("table", name="Inkomna och avslutade ärenden").get_by_role("row").nth(1)
    figures_of_week = [int(cell.inner_text()) for cell in ended.get_by_role("cell").all()]
    assert sum(figures_of_week[1:]) == ENDED, "in time, late and without deadline, all this week"
    expect(leader.get_by_role("table", name="Öppna ärenden per handläggare")).to_contain_text(ANNA.name)
    expect(leader.get_by_role("table", name="Dagar från att ärendet kom in")).to_contain_text(str(ENDED))

    leader.get_by_label("Kö").select_option("belysning")
    leader.get_by_label("E-tjänst").select_option("felanmalan")
    leader.get_by_role("button", name="Visa").click()
    assert leader.url.endswith("/desk/statistics?queue=belysning&eservice=felanmalan")
    expect(leader.get_by_label("Kö")).to_have_value("belysning")

    with leader.expect_download() as download:
        leader.get_by_role("link", name="Ladda ner som CSV").click()
    download.value.save_as(tmp_path / "figures.csv")
    lines = list(csv.DictReader((tmp_path / "figures.csv").open(encoding="utf-8-sig"), delimiter=";"))
    assert len(lines) == 12 + 8
    assert sum(int(line["received"] or 0) for line in lines) > 0


@pytest.mark.parametrize("scripts", [True, False])
def test_the_latest_week_is_in_sight_on_the_narrowest_screen(signed_in: Visit, figures: None, scripts: bool):
    leader = signed_in(scripts=scripts, viewport=NARROW)
    leader.goto("/desk/statistics")

    for name, label in (
        ("Inkomna och avslutade ärenden", "v. 48"),
        ("Ärenden med sista dag", "v. 48"),
        ("Öppna ärenden efter", "längre"),
    ):
        box = leader.get_by_role("img", name=name).get_by_text(label, exact=True).bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= NARROW["width"], f"{name}: {box}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_well_made(signed_in: Visit, figures: None, language: str):
    leader = signed_in(language=language)
    leader.goto("/desk/statistics")

    assert_well_made(leader, language=language)
