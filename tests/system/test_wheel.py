"""The wheel holds all that runs, and runs where the source is not."""

import shutil
import site
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from bench.installation import ROOT, Process
from bench.ports import free_port
from services.standalone import config
from tests.system.people import eventually

PACKAGES, DATA = ("services", "shared"), ("eservices", "municipalities", "docs/schemas")
SWEDISH = {"Accept-Language": "sv"}
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
OFFLINE = ["--no-deps", "--no-index"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network and from a copy: setuptools leaves files where it builds."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for tree in (*PACKAGES, *DATA):
        shutil.copytree(ROOT / tree, source / tree, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    subprocess.run([*PIP, "wheel", *OFFLINE, "--no-build-isolation", "--wheel-dir", built, source], check=True)
    [wheel] = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel in it, and beside it only the packages that it builds on."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))
    (packages / "builds_on.pth").write_text("\n".join(site.getsitepackages()))
    subprocess.run([*PIP, "--python", environment / "bin" / "python", "install", *OFFLINE, wheel], check=True)
    return environment / "bin"


@pytest.fixture(scope="module")
def running(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[config.Settings]:
    """`arende up` of the wheel, in an empty folder."""
    folder = tmp_path_factory.mktemp("empty")
    chosen = config.Settings(port=free_port(), var=folder / "var")
    environ = {"PYTHONPATH": "", "ARENDE_PORT": str(chosen.port)}
    command = [str(installed / "arende"), "up"]
    process = Process("up", command, environ, folder / "up.log", f"{chosen.origin}/readyz", folder)
    process.start()
    try:
        process.wait_until_ready()
        yield chosen
    finally:
        process.stop()


def test_it_holds_every_file_of_the_packages_and_of_the_data(wheel):
    names = {name.partition(".data/data/share/arende/")[2] or name for name in ZipFile(wheel).namelist()}

    files = {path for tree in (*PACKAGES, *DATA) for path in (ROOT / tree).rglob("*") if path.is_file()}
    assert {str(file.relative_to(ROOT)) for file in files if file.parent.name != "__pycache__"} <= names


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/alvdalen/e-tjanster/felanmalan", "Fortsätt"),
        ("/intake/static/shared/arende.css", "body"),
        ("/desk/", "anna.andersson"),
        ("/mailbox/", "Vi har tagit emot: "),
    ],
)
def test_it_serves_what_an_empty_folder_does_not_hold(running, path, shown):
    def page():
        answer = httpx.get(running.origin + path, headers=SWEDISH, follow_redirects=True)
        assert answer.is_success, answer.text
        return shown in answer.text

    assert eventually(page)


def test_a_web_process_of_it_serves(running, installed, tmp_path):
    port = free_port()
    environ = config.standalone_settings(running) | {
        "PYTHONPATH": "",
        "ARENDE_BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "1",
    }
    command = [str(installed / "arende"), "web", "notify"]
    process = Process("web", command, environ, tmp_path / "web.log", f"http://127.0.0.1:{port}/healthz", tmp_path)
    process.start()
    try:
        process.wait_until_ready()
    finally:
        process.stop()
