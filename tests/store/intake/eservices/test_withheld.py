"""A municipality need not offer all that others do; what was sent in before it withheld it goes on."""

import pytest

from shared.settings import BadSetting
from tests.house.reading import ROOT
from tests.store.intake.harness import API, Intake
from tests.system.submissions import a_proposal

WITHHELD = "medborgarforslag"


@pytest.fixture
def withhold(tmp_path, intake):
    """Have Älvdalen withhold an e-service, and start intake anew."""

    def withhold(code: str = WITHHELD) -> Intake:
        for file in ROOT.glob("municipalities/*/municipality.yaml"):
            (tmp_path / "municipalities" / file.parent.name).mkdir(parents=True)
            (tmp_path / "municipalities" / file.parent.name / file.name).write_bytes(file.read_bytes())
        with (tmp_path / "municipalities/alvdalen/municipality.yaml").open("a") as alvdalen:
            alvdalen.write(f"eservices_withheld: [{code}]\n")
        return intake.restarted(municipalities=tmp_path / "municipalities")

    return withhold


def test_what_is_withheld_is_not_offered(withhold):
    intake = withhold()

    assert WITHHELD not in intake.client().get("/alvdalen/").text
    assert intake.client().get(f"/alvdalen/e-tjanster/{WITHHELD}").status_code == 404
    assert intake.client().get(f"{API}/e-services/{WITHHELD}").status_code == 404
    assert WITHHELD not in {each["code"] for each in intake.client().get(f"{API}/e-services").json["items"]}
    rejected = intake.submit(a_proposal())
    assert (rejected.status_code, rejected.json["errors"][0]["pointer"]) == (422, "/eservice")


def test_the_others_offer_it(withhold):
    assert withhold().client().get(f"/robertsfors/e-tjanster/{WITHHELD}").status_code == 200


def test_what_was_sent_in_before_goes_on(intake, withhold):
    reference = intake.submit(a_proposal()).json["reference"]

    intake = withhold()

    for page in (f"/alvdalen/arenden/{reference}", f"/alvdalen/kvitto/{reference}", f"{API}/submissions/{reference}"):
        assert intake.client().get(page).status_code == 200
    file = intake.upload(field="supplement", eservice=WITHHELD).json["id"]
    more = intake.client().post(f"{API}/submissions/{reference}/supplements", json={"attachments": [file]})
    assert more.status_code == 201


def test_a_misspelt_code_stops_the_start_rather_than_offer_what_should_not_be(withhold):
    with pytest.raises(
        BadSetting,
        match=r"alvdalen/municipality.yaml:\d+: eservices_withheld.0: there is no e-service medborgarforlag: did you",
    ):
        withhold("medborgarforlag")
