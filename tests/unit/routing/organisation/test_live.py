"""Casework is taken up while routing runs; a municipality whose files became bad keeps the casework that it had."""

import shutil
from pathlib import Path

import pytest

from services.routing.organisation import loader
from shared import live
from shared.settings import BadSetting


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo files, in which no change has to settle."""
    monkeypatch.setattr(live, "SETTLE_SECONDS", 0)
    shutil.copytree("eservices", tmp_path / "eservices")
    shutil.copytree("municipalities", tmp_path / "municipalities")
    return tmp_path


def watching(folder, **options):
    return loader.live(folder / "municipalities", folder / "eservices", **options)


def change(folder, old, new, file="municipalities/alvdalen/casework.yaml"):
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))


def test_changed_casework_is_taken_up_and_that_of_others_stays_as_it_is(folder):
    casework = watching(folder)
    before = casework.latest.organisations
    change(folder, "sv: Gata och väg, en", "sv: Vägar, en")

    casework.look()

    after = casework.latest.organisations
    assert after["2039"].queues["gata"].name["sv"] == "Vägar"
    assert after["2409"] is before["2409"]


@pytest.mark.parametrize(
    ("old", "new", "file"),
    [
        ("queue: belysning", "queue: belysnig", "municipalities/alvdalen/casework.yaml"),
        ("boards:", "boards: [", "municipalities/alvdalen/casework.yaml"),
        ("code: street_light", "code: street_lamp", "eservices/common/felanmalan.yaml"),
        ('code: "2039"', "code: 2039", "municipalities/alvdalen/municipality.yaml"),
    ],
)
def test_what_became_bad_is_as_it_was_and_the_rest_goes_on(folder, old, new, file):
    casework = watching(folder)
    before = casework.latest
    change(folder, old, new, file)
    change(folder, "Bygg och miljö, en", "Byggen, en", "municipalities/robertsfors/casework.yaml")

    casework.look()

    assert casework.latest.organisations["2039"] is before.organisations["2039"]
    assert casework.latest.municipalities["alvdalen"] == before.municipalities["alvdalen"]
    assert casework.latest.organisations["2409"].queues["bygg"].name["sv"] == "Byggen"
    assert casework.latest.errors

    change(folder, new, old, file)
    casework.look()

    assert casework.latest.errors == []


def test_an_e_service_whose_board_a_municipality_lacks_leaves_its_casework_as_it_was(folder):
    casework = watching(folder)
    before = casework.latest.organisations["2039"]
    change(folder, "board: TN", "board: XN", "eservices/common/felanmalan.yaml")

    casework.look()

    assert casework.latest.organisations["2039"] is before
    assert "there is no board XN" in str(casework.latest.errors[0])


def test_what_is_adopted_is_adopted_once(folder):
    adopted = []
    casework = watching(folder, adopt=lambda read: adopted.append(read.municipality) or read)
    change(folder, "sv: Gata och väg, en", "sv: Vägar, en")
    for _ in range(3):
        casework.look()

    assert sorted(adopted[:-1]) == ["0880", "1780", "2039", "2281", "2409"]
    assert adopted[-1] == "2039"


def test_what_cannot_be_adopted_is_tried_at_the_next_look(folder):
    fails = False

    def adopt(read):
        if fails:
            raise ConnectionError
        return read

    casework = watching(folder, adopt=adopt)
    change(folder, "sv: Gata och väg, en", "sv: Vägar, en")
    fails = True
    casework.look()
    assert casework.latest.organisations["2039"].queues["gata"].name["sv"] == "Gata och väg"

    fails = False
    casework.look()

    assert casework.latest.organisations["2039"].queues["gata"].name["sv"] == "Vägar"


def test_a_bad_file_stops_the_start(folder):
    change(folder, "queue: belysning", "queue: belysnig")

    with pytest.raises(BadSetting, match="there is no queue belysnig"):
        watching(folder)
