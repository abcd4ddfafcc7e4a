"""The preview shows a definition as its file is now, with its errors while it has any."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.test import Client

from services.cli.main import main
from services.standalone.preview import Preview, preview
from shared.settings import BadSetting
from tests.house.reading import ROOT

FORM = "/alvdalen/e-tjanster/felanmalan"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A definition that may be changed."""
    shutil.copytree(ROOT / "eservices/common", tmp_path / "eservices/common")
    return tmp_path / "eservices/common/felanmalan.yaml"


@pytest.fixture
def app(file):
    with preview(file, ROOT / "municipalities", port=8010) as made:
        yield made


def get(app: Preview, path: str) -> str:
    return Client(app).get(path, base_url="http://127.0.0.1:8010", follow_redirects=True).text


def test_the_address_leads_to_the_form_of_that_eservice_alone(app):
    assert "Gör en felanmälan" in get(app, "/")
    assert "Ansökan om bygglov" not in get(app, "/alvdalen/")


def test_a_page_asks_whether_the_files_have_changed(app):
    assert '<script src="/preview/script.js" defer></script></body>' in get(app, FORM)
    assert "/preview/stamp" in get(app, "/preview/script.js")


def test_a_change_is_taken_up_and_errors_are_shown_meanwhile(app, file):
    good, before = file.read_text(), get(app, "/preview/stamp")

    file.write_text(good.replace("type: textarea", "type: <b>"))
    assert ": pages.fault.description.type: Must be one of" in get(app, FORM)
    file.write_text(good.replace("Gör en felanmälan", "Gör en väganmälan"))

    assert "Gör en väganmälan" in get(app, FORM)
    assert get(app, "/preview/stamp") != before


def test_it_is_shown_for_the_municipality_that_is_chosen(file):
    with preview(file, ROOT / "municipalities", port=8010, slug="robertsfors") as app:
        assert "Robertsfors" in get(app, "/")


@pytest.mark.parametrize(("slug", "message"), [("stockholm", "no municipality called stockholm offers")])
def test_where_nobody_offers_it_there_is_no_preview(file, slug, message):
    with pytest.raises(BadSetting, match=message), preview(file, ROOT / "municipalities", port=8010, slug=slug):
        pass


def test_what_the_municipality_withholds_of_others_is_no_matter(file, tmp_path):
    municipalities = shutil.copytree(ROOT / "municipalities", tmp_path / "municipalities")
    with (municipalities / "alvdalen/municipality.yaml").open("a") as alvdalen:
        alvdalen.write("eservices_withheld: [medborgarforslag]\n")

    with preview(file, municipalities, port=8010) as app:
        assert "Älvdalen" in get(app, "/")
    with preview(file.with_name("medborgarforslag.yaml"), municipalities, port=8010) as app:
        assert "Kalmar" in get(app, "/")


def test_what_is_kept_is_deleted_at_the_end(file):
    with preview(file, ROOT / "municipalities", port=8010) as app:
        get(app, FORM)
        assert list(app.folder.rglob("*.sqlite"))
    assert not app.folder.exists()


def test_the_command_ends_in_one_line_where_nobody_offers_it(file):
    result = CliRunner().invoke(main, ["eservice", "preview", str(file), "--municipality", "stockholm"])

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
