"""While everything runs, files change: every process takes up what is good, and none what is bad."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bench.installation import Installation
from tests.system.people import SLUG, Citizen, Officer, eventually
from tests.system.submissions import an_anonymous_fault_report

LOOKS = 20  # at a page: each process of a web answers some of them
RULE = """
  - name: Cykelpump
    because: {sv: det gäller en cykelpump, en: it is about a bicycle pump}
    when:
      - {fact: eservice, operator: is, value: cykelpump}
    queue: park
"""


@contextmanager
def changed(file: Path, text: str) -> Iterator[None]:
    """The file has this text meanwhile, or is there with it."""
    before = file.read_text() if file.exists() else None
    file.write_text(text)
    try:
        yield
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)


@pytest.fixture
def citizen(installation: Installation) -> Citizen:
    """Somebody with a browser."""
    return Citizen(installation)


@pytest.fixture
def fault_report(installation: Installation) -> Path:
    """The definition that all municipalities share."""
    return Path(installation.environ["ARENDE_ESERVICES"], "common", "felanmalan.yaml")


@pytest.fixture
def casework(installation: Installation) -> Path:
    """Älvdalen's rules."""
    return Path(installation.environ["ARENDE_MUNICIPALITIES"], SLUG, "casework.yaml")


def test_a_new_e_service_and_its_rule_are_taken_up_by_every_process(installation, citizen, fault_report, casework):
    officer = Officer(installation)
    definition = (
        fault_report.read_text().replace("code: felanmalan", "code: cykelpump").replace("Felanmälan", "Cykelpump")
    )
    rules = casework.read_text() + RULE

    with changed(fault_report.with_name("cykelpump.yaml"), definition), changed(casework, rules):
        eventually(lambda: all(_offers(citizen, "cykelpump") for _ in range(LOOKS)))

        assert eventually(lambda: _queue_of_a_new_case(citizen, officer, "park"))

    eventually(lambda: not any(_offers(citizen, "cykelpump") for _ in range(LOOKS)))


def test_a_bad_file_is_refused_and_counted_and_everything_serves_on(installation, citizen, fault_report):
    metrics = installation.url("/metrics")

    with changed(fault_report, fault_report.read_text().replace("board: TN", "bord: TN")):
        eventually(lambda: _offers(citizen, "felanmalan") and _errors(metrics) > 0)

        assert all(_offers(citizen, "felanmalan") for _ in range(LOOKS))
        assert citizen.submit(an_anonymous_fault_report()).status_code == 201

    eventually(lambda: all(_offers(citizen, "felanmalan") for _ in range(LOOKS)) and _errors(metrics) == 0)


def _offers(citizen: Citizen, code: str) -> bool:
    found = citizen.client.get(citizen.api(SLUG, "e-services")).raise_for_status().json()
    return code in {each["code"] for each in found["items"]}


def _queue_of_a_new_case(citizen: Citizen, officer: Officer, queue: str) -> bool:
    """Whether a report that is sent now comes to the queue: routing's worker has its rule."""
    answer = citizen.submit({**an_anonymous_fault_report(), "eservice": "cykelpump"})
    assert answer.status_code == 201, answer.text
    reference = answer.json()["reference"]
    number = eventually(lambda: (citizen.status(reference)["case"] or {})["number"])
    return bool(officer.case(number)["queue"] == queue)


def _errors(metrics: str) -> float:
    found = re.search(r'^definition_errors{service="intake"} (\S+)', httpx.get(metrics).text, re.MULTILINE)
    return float(found[1]) if found else -1
