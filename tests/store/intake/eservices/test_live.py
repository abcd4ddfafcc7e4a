"""A running intake takes up files that change; what is bad leaves what was good before."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.intake.context import IntakeContext
from services.intake.eservices import offer
from services.intake.eservices.versions import UnknownVersion, remember
from services.intake.limits.limits import Limits, Rules
from services.intake.limits.waiting import Waiting
from services.intake.prefill.registers import Registers
from shared import live
from shared.events.encryption import Keyring
from shared.files.storage import Storage
from shared.i18n.translations import Languages
from tests.store.intake.browser import Browser
from tests.store.intake.harness import API, Intake
from tests.system.submissions import a_fault_report

TITLE = "Gör en felanmälan"
ALL = {file.stem for place in ("common", "alvdalen") for file in Path("eservices", place).glob("*.yaml")}


class Files:
    """The files of an installation, and how they are changed."""

    def __init__(self, folder: Path) -> None:
        self.eservices = Path(shutil.copytree("eservices", folder / "eservices"))
        self.municipalities = Path(shutil.copytree("municipalities", folder / "municipalities"))
        self.fault_report = self.eservices / "common/felanmalan.yaml"
        self.alvdalen = self.municipalities / "alvdalen/municipality.yaml"

    @staticmethod
    def change(file: Path, old: str, new: str) -> None:
        """Replace text in a file, which must be there."""
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Files of its own."""
    return Files(tmp_path)


@pytest.fixture
def intake(intake: Intake, files: Files, monkeypatch: pytest.MonkeyPatch) -> Intake:
    """An intake that looks at its files whenever it answers, and waits for none to settle."""
    monkeypatch.setattr(live, "LOOK_SECONDS", 0)
    monkeypatch.setattr(live, "SETTLE_SECONDS", 0)
    return intake.restarted(eservices=files.eservices, municipalities=files.municipalities)


def errors() -> float | None:
    return REGISTRY.get_sample_value("definition_errors", {"service": "intake"})


def offered(intake: Intake, slug: str = "alvdalen") -> set[str]:
    found = intake.client().get(f"/intake/api/v1/municipalities/{slug}/e-services").json
    return {each["code"] for each in found["items"]}


def test_a_changed_definition_is_on_the_page_and_in_the_api_and_in_what_is_sent(intake, files):
    files.change(files.fault_report, TITLE, "Fel på stan")
    files.change(files.fault_report, "version: 2", "version: 3")

    assert "Fel på stan" in intake.client().get("/alvdalen/").text
    assert intake.client().get(f"{API}/e-services/felanmalan").json["version"] == 3
    assert intake.submitted(a_fault_report()).eservice_version == 3


def test_a_new_definition_is_offered_and_one_that_is_gone_is_not(intake, files):
    new = files.fault_report.read_text().replace("code: felanmalan", "code: synpunkt")
    (files.eservices / "common/synpunkt.yaml").write_text(new)
    assert "synpunkt" in offered(intake)

    (files.eservices / "common/synpunkt.yaml").unlink()
    offered(intake)  # what is gone is gone when it is so at two looks

    assert "synpunkt" not in offered(intake)


def test_while_a_file_is_bad_the_last_good_one_serves(intake, files):
    files.change(files.fault_report, "type: textarea", "type: textarra")
    with capture_logs() as lines:
        page = intake.client().get("/alvdalen/e-tjanster/felanmalan")

    assert page.status_code == 200
    assert intake.submit(a_fault_report()).status_code == 201
    [line] = [each for each in lines if each["event"] == "definition_rejected"]
    assert line["file"] == str(files.fault_report)
    assert files.fault_report.read_text().splitlines()[line["line"] - 1].strip() == "type: textarra"
    assert errors() == 1

    files.change(files.fault_report, "type: textarra", "type: textarea")
    files.change(files.fault_report, TITLE, "Rätt igen")

    assert "Rätt igen" in intake.client().get("/alvdalen/").text
    assert errors() == 0


def test_a_bad_new_file_leaves_the_others_alone(intake, files):
    (files.eservices / "common/trasig.yaml").write_text("code: [")

    assert offered(intake) == ALL
    assert errors() == 1


def test_a_definition_that_names_an_area_is_taken_up_where_the_municipality_has_it(intake, files):
    condition = "show_if: {fact: place, operator: within, value: sarna}"
    files.change(files.fault_report, "          - name: photo\n", f"          - name: photo\n            {condition}\n")
    assert intake.client().get("/alvdalen/e-tjanster/felanmalan").status_code == 200
    assert errors() == 5, "in each municipality the last good one serves"

    corners = [[12.9, 61.6], [13.3, 61.6], [13.3, 61.8], [12.9, 61.8], [12.9, 61.6]]
    feature = {"properties": {"code": "sarna"}, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    (files.alvdalen.parent / "areas.geojson").write_text(json.dumps({"features": [feature]}))

    page = intake.client().get("/alvdalen/e-tjanster/felanmalan").text
    assert ("&#34;sarna&#34;:[[[[12.9,61.6]" in page, errors()) == (True, 4)


@pytest.mark.parametrize("folder", ["eservices", "municipalities"])
def test_a_folder_that_is_gone_or_empty_changes_nothing(intake, files, tmp_path, folder):
    (tmp_path / folder).rename(tmp_path / "away")
    assert offered(intake) == ALL

    (tmp_path / folder).mkdir()
    for _ in range(2):
        assert offered(intake) == ALL
    assert errors() == 1


def test_a_new_municipality_has_its_pages(intake, files):
    folder = files.municipalities / "vara"
    shutil.copytree(files.alvdalen.parent, folder)
    for old, new in (
        ('"2039"', '"1470"'),
        ("slug: alvdalen", "slug: vara"),
        ("Älvdalens", "Vara"),
        ("svar@alvdalen", "svar@vara"),
    ):
        files.change(folder / "municipality.yaml", old, new)

    assert "Vara kommun" in intake.client().get("/").text
    assert intake.client().get("/vara/e-tjanster/felanmalan").status_code == 200
    assert ".municipality-vara " in intake.client().get("/intake/colours.css").text


def test_a_bad_municipality_is_as_it_was(intake, files):
    files.change(files.alvdalen, 'colour: "#1f5c3a"', "colour: green")

    assert intake.client().get("/alvdalen/").status_code == 200
    assert errors() == 1


def test_what_is_withheld_while_running_is_gone_at_once_and_a_misspelt_code_changes_nothing(intake, files):
    withheld = files.alvdalen.read_text() + "eservices_withheld: [medborgarforslag]\n"
    files.alvdalen.write_text(withheld)
    assert "medborgarforslag" not in offered(intake)

    files.alvdalen.write_text(withheld.replace("medborgarforslag]", "medborgarforlag]"))

    assert "medborgarforslag" not in offered(intake), "it would be offered because of a slip of the finger"
    assert errors() == 1


def test_the_vocabulary_of_the_installation_takes_the_place_of_ours(intake, files):
    (files.eservices / "vocabulary.yaml").write_text(
        "topics: [{code: gator_trafik, label: {sv: Vägar, en: Roads}}]\nlife_situations: []\n"
    )

    page = intake.client().get("/alvdalen/").text

    assert "<h2>Vägar</h2>" in page
    assert {"bygglov", "medborgarforslag"} <= offered(intake), "their topics are no more: they serve as they were"
    assert errors()


def test_a_request_ends_with_the_definition_that_it_began_with(intake, files):
    @intake.app.before_request
    def change() -> None:
        if "Fel på stan" not in files.fault_report.read_text():
            files.change(files.fault_report, TITLE, "Fel på stan")

    assert TITLE in intake.client().get("/alvdalen/").text
    assert "Fel på stan" in intake.client().get("/alvdalen/").text


def test_files_change_while_many_pages_are_shown_and_none_fails(intake, files):
    ends, failed = threading.Event(), []

    def look() -> None:
        while not ends.is_set():
            answer = Browser(intake.client()).open("/alvdalen/e-tjanster/felanmalan")
            if answer.status_code != 200:
                failed.append(answer.status)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for each in readers:
        each.start()
    for number in range(10):
        files.change(files.fault_report, f"version: {number + 2}", f"version: {number + 3}")
        intake.client().get("/alvdalen/")
    ends.set()
    for each in readers:
        each.join()

    assert failed == []
    assert intake.client().get(f"{API}/e-services/felanmalan").json["version"] == 12


AREAS = """
          - name: area
            type: select
            options_from: {table: areas}
            label: {sv: Område, en: Area}
          - name: place
"""


@pytest.fixture
def areas(intake, files):
    """The areas of a fault report, which are in a data file."""
    (files.eservices / "common/data").mkdir()
    table = files.eservices / "common/data/areas.yaml"
    table.write_text("rows: [{code: sarna, label: Särna}]\n")
    files.change(files.fault_report, "\n          - name: place\n", AREAS)
    assert options(intake) == ["Särna"]
    return table


def options(intake):
    [page, *_] = intake.client().get(f"{API}/e-services/felanmalan").json["pages"]
    [area] = [each for each in page["sections"][0]["fields"] if each["name"] == "area"]
    return [option["label"]["sv"] for option in area["options"]]


def test_a_data_file_that_changes_is_taken_up(intake, areas):
    areas.write_text("rows: [{code: sarna, label: Särna}, {code: idre, label: Idre}]\n")

    assert options(intake) == ["Särna", "Idre"]


@pytest.mark.parametrize(("bad", "expected"), [("rows: []", 1), ("rows: [{code: idre}]", 5), (None, 5)])
def test_a_data_file_that_is_bad_or_gone_leaves_the_forms_as_they_were(intake, areas, bad, expected):
    areas.write_text(bad) if bad else areas.unlink()
    options(intake)

    assert options(intake) == ["Särna"]
    assert errors() == expected, "the file, or the form of each municipality"


def test_what_was_begun_with_a_definition_goes_on_with_it(intake, files, areas):
    context = a_context(intake)
    begun = context.form("alvdalen", "felanmalan").eservice
    with intake.database.sessions.begin() as session:
        content_hash = remember(session, "2039", begun, intake.clock())
    assert context.form_as_begun("alvdalen", "felanmalan", content_hash) is context.form("alvdalen", "felanmalan")
    files.change(files.fault_report, "name: description", "name: what_is_wrong")

    assert "what_is_wrong" in context.form("alvdalen", "felanmalan").eservice.questions
    assert context.form_as_begun("alvdalen", "felanmalan", content_hash).eservice == begun
    with pytest.raises(UnknownVersion):
        context.form_as_begun("robertsfors", "felanmalan", content_hash)


def a_context(intake):
    """What intake's capabilities share, of the same store and files."""
    settings = intake.settings
    return IntakeContext(
        sessions=intake.database.sessions,
        storage=Storage(settings.attachments),
        clock=intake.clock,
        offer=offer.live(settings.eservices, settings.municipalities, intake.clock),
        languages=Languages(),
        public_url=settings.public_url,
        link_key=settings.link_key,
        limits=Limits(intake.database.engine, settings.secret_key, Rules({}, settings.exempt_networks, ())),
        waiting=Waiting(settings.secret_key, 1),
        proxies=settings.proxies,
        scanner=None,
        registers=Registers({}),
        keyring=Keyring(settings.event_keys),
    )
