"""Files go past the virus scanner where there is one: what it finds, or does not answer about, is not received."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from prometheus_client import REGISTRY

from services.intake.attachments import form_files
from services.intake.attachments.models import Attachment
from services.intake.settings import Settings
from services.intake.submissions.models import Submission
from shared.files import virus_scanner
from shared.files.virus_scanner import Infected, ScannerAway, VirusScanner
from shared.settings import BadSetting, load
from tests.store.intake.browser import APPLICATION, PERMIT, Browser
from tests.system.submissions import PDF
from tests.virus_scanner import EICAR, Scanner, scanning

INFECTED = PDF + EICAR


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    """A scanner over TCP."""
    with scanning() as running:
        yield running


@pytest.fixture
def guarded(intake, scanner):
    """An intake that has its files scanned."""
    return intake.restarted(clamav=virus_scanner.address(scanner.address))


def client(scanner, seconds=10.0, **options):
    return VirusScanner(virus_scanner.address(scanner.address), seconds, **options)


def scanned(result):
    return REGISTRY.get_sample_value("files_scanned_total", {"result": result}) or 0


@pytest.mark.parametrize("over", ["tcp", "unix"])
@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 700_000])
def test_the_scanner_gets_the_file_as_it_is(tmp_path, over, size):
    content = b"x" * size

    with scanning(str(tmp_path / "clamd") if over == "unix" else None) as scanner:
        client(scanner).check(BytesIO(content))

    assert scanner.scanned == [content]


def test_what_the_scanner_finds_is_named(scanner):
    with pytest.raises(Infected, match="Eicar-Test-Signature"):
        client(scanner).check(BytesIO(INFECTED))


def test_a_file_larger_than_the_scanner_takes_is_not_accepted(scanner):
    scanner.most = 1_000

    with pytest.raises(ScannerAway):
        client(scanner).check(BytesIO(bytes(3_000_000)))


def test_a_scanner_that_does_not_answer_in_time_is_away(scanner):
    scanner.is_silent = True

    with pytest.raises(ScannerAway):
        client(scanner, seconds=0.1).check(BytesIO(PDF))


def test_a_scanner_that_is_away_is_not_asked_again_at_once(scanner):
    moment = [0.0]
    away = client(scanner, seconds=0.1, time=lambda: moment[0])
    scanner.is_silent = True
    with pytest.raises(ScannerAway):
        away.check(BytesIO(PDF))
    scanner.is_silent = False

    moment[0] = virus_scanner.AWAY_SECONDS - 1
    with pytest.raises(ScannerAway):
        away.check(BytesIO(PDF))
    assert len(scanner.scanned) == 1

    moment[0] = virus_scanner.AWAY_SECONDS
    away.check(BytesIO(PDF))


def test_a_clean_file_is_received(guarded, scanner):
    before = scanned("clean")

    assert guarded.upload(PDF).status_code == 201
    assert scanner.scanned == [PDF]
    assert scanned("clean") == before + 1


def test_an_infected_file_is_refused_and_leaves_nothing(guarded, capsys):
    answer = guarded.upload(INFECTED, name="hemligt namn.pdf")

    assert answer.status_code == 422
    assert "”hemligt namn.pdf” togs inte emot: virusskyddet hittade något skadligt" in answer.json["detail"]
    assert guarded.files() == guarded.rows(Attachment) == []
    logged = capsys.readouterr().out
    assert "file_infected" in logged
    assert "hemligt" not in logged


def test_while_the_scanner_is_away_a_program_is_asked_to_come_back(intake):
    answer = intake.restarted(clamav=virus_scanner.Address("127.0.0.1", 1)).upload(PDF)

    assert (answer.status_code, intake.files()) == (503, [])
    assert answer.headers["Retry-After"]
    assert "virusskyddet svarar inte just nu" in answer.json["detail"]


def test_an_infected_file_is_an_error_at_its_question_and_the_others_stay(guarded):
    browser = Browser(guarded.client())
    browser.open(PERMIT)

    answer = browser.send(
        PERMIT, APPLICATION, site_plan=[("plan.pdf", PDF), ("smitta.pdf", INFECTED)], elevations=[("fasad.pdf", PDF)]
    )

    assert answer.status_code == 422
    assert '<li><a href="#site_plan">”smitta.pdf” togs inte emot' in answer.text
    assert len(guarded.files()) == 2
    assert browser.send(PERMIT, APPLICATION).status_code == 303


def test_while_the_scanner_is_away_nothing_else_that_was_filled_in_is_lost(intake):
    away = intake.restarted(clamav=virus_scanner.Address("127.0.0.1", 1))
    browser = Browser(away.client())
    browser.open(PERMIT)

    answer = browser.send(PERMIT, APPLICATION, site_plan=[("plan.pdf", PDF)], elevations=[("fasad.pdf", PDF)])

    assert answer.status_code == 422
    assert "”plan.pdf” togs inte emot: virusskyddet svarar inte just nu." in answer.text
    assert away.rows(Submission) == []
    assert "Nils Öberg" in browser.open(browser.address.replace("/sida/documents", "/kontrollera")).text


def test_files_that_the_scanner_has_no_time_for_are_named_before_the_proxy_gives_up(guarded, scanner, monkeypatch):
    monkeypatch.setattr(form_files, "SCANNING_SECONDS", 0.0)
    browser = Browser(guarded.client())
    browser.open(PERMIT)

    answer = browser.send(PERMIT, APPLICATION, site_plan=[("plan.pdf", PDF)], elevations=[("fasad.pdf", PDF)])

    assert answer.status_code == 422
    assert "”fasad.pdf” togs inte emot: virusskyddet svarar inte just nu." in answer.text
    assert scanner.scanned == []


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ("tcp://clamav", ("clamav", 3310, "")),
        ("tcp://[::1]:3311", ("::1", 3311, "")),
        ("unix:/run/clamav/clamd.ctl", ("", 3310, "/run/clamav/clamd.ctl")),
        ("unix:///run/clamd", ("", 3310, "/run/clamd")),
    ],
)
def test_the_scanners_address_is_read(raw, where):
    found = virus_scanner.address(raw)

    assert (found.host, found.port, found.path) == where


@pytest.mark.parametrize(
    "raw", ["clamav:3310", "tcp://", "tcp://clamav/x", "tcp://clamav:0x", "unix:clamd", "http://a"]
)
def test_an_address_that_cannot_be_right_stops_the_start(raw, tmp_path):
    environ = {
        "ARENDE_BROKER_URL": "memory://x",
        "ARENDE_EVENT_KEYS": "bXl2ZXJ5c2VjcmV0a2V5Zm9ydGVzdGluZzEyMzQ1Njc=",
        "ARENDE_PUBLIC_URL": "http://localhost",
        "INTAKE_DATABASE_URL": f"sqlite:///{tmp_path}/a.sqlite",
        "INTAKE_SECRET_KEY": "s" * 32,
        "ARENDE_LINK_KEY": "l" * 32,
        "INTAKE_ATTACHMENTS": str(tmp_path),
        "INTAKE_CLAMAV": raw,
    }

    with pytest.raises(BadSetting, match="INTAKE_CLAMAV is wrong"):
        load(Settings, environ)
