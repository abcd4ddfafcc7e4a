"""`make audit` asks the machine's package index, whatever else its pip is set up with."""

import importlib.util
from types import ModuleType

import pytest

from tests.house.reading import ROOT

LISTED = """\
:env:.cert='/etc/own.pem'
:env:.find-links='/usr/share/wheels'
global.cert='/etc/ssl/all.pem'
global.constraint='/etc/pip/constraints.txt'
global.extra-index-url='https://a.example/simple https://b.example/simple'
global.index-url='https://index.example/simple'
global.find-links='\\n/usr/share/wheels\\n/opt/wheels'
install.index-url='https://mirror.example/simple'
install.no-index='yes'
"""


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The script."""
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_how_the_index_is_reached_is_taken_from_the_machines_settings(audit: ModuleType) -> None:
    assert audit.index_settings(LISTED) == {
        "PIP_CERT": "/etc/own.pem",
        "PIP_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple",
        "PIP_INDEX_URL": "https://mirror.example/simple",
    }


def test_folders_of_packages_are_not_looked_into(audit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/usr/share/wheels")
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    environ = audit.pip_environ()

    assert environ["PIP_CONFIG_FILE"] == "/dev/null"
    assert not {"PIP_FIND_LINKS", "PIP_NO_INDEX"} & environ.keys()


def test_an_index_that_does_not_answer_is_one_line(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "PIN", audit.re.compile("^flask==.+?(?= )", audit.re.MULTILINE))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")

    assert audit.main() == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "ERROR the package index that pip is set up with (pip config list) could not be asked: Could"
    )
