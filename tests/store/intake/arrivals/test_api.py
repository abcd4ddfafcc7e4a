"""An officer's program enters what came, by a permit, through the API."""

from datetime import date

import pytest

from services.intake.forms.form import Form
from services.intake.submissions.models import Submission
from shared import arrival_permit
from tests.store.intake.harness import API
from tests.system.submissions import a_building_permit_application

ARRIVAL = {"channel": "counter", "received_on": "2026-11-20"}


@pytest.fixture
def enter(intake, permit):
    """Sends an application that came at the counter, with Anna's permit."""

    def send(signed: str | None = None, *, key: str | None = None, **changes):
        headers = {"Arrival-Permit": permit() if signed is None else signed}
        if key:
            headers["Idempotency-Key"] = key
        content = a_building_permit_application() | {"arrival": ARRIVAL} | changes
        return intake.client().post(f"{API}/submissions", json=content, headers=headers)

    return send


def test_it_is_sent_with_how_it_came_and_without_what_was_not_stated(intake, enter):
    scan = intake.upload(field="_original").json["id"]

    answer = enter(answers={"measure": "outbuilding"}, attachments={"_original": [scan]})

    assert answer.status_code == 201
    [event] = intake.outbox()
    assert event["data"]["arrival"]["channel"] == "counter"
    assert event["data"]["arrival"]["officer_name"] == "Anna A"
    assert [each["id"] for each in event["data"]["attachments"]] == [scan]


def test_it_is_kept_in_each_kind_of_store(any_intake, permit):
    content = a_building_permit_application() | {"arrival": ARRIVAL}

    answer = any_intake.client().post(f"{API}/submissions", json=content, headers={"Arrival-Permit": permit()})

    assert answer.status_code == 201
    [submission] = any_intake.rows(Submission)
    assert (submission.channel, submission.arrived_on) == ("counter", date(2026, 11, 20))


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"arrival": ARRIVAL | {"received_on": "2026-11-24"}}, "/arrival/received_on"),
        ({"arrival": ARRIVAL | {"received_on": "2019-11-24"}}, "/arrival/received_on"),
        ({"arrival": ARRIVAL | {"channel": "pigeon"}}, "/arrival/channel"),
        ({"arrival": {"channel": "letter"}}, "/arrival/received_on"),
        ({"answers": {"measure": "castle"}}, "/answers/measure"),
    ],
)
def test_what_is_wrong_is_an_error_at_its_place(intake, enter, changes, at):
    answer = enter(**changes)

    assert answer.status_code == 422
    assert at in [each["pointer"] for each in answer.json["errors"]]
    assert intake.rows(Submission) == []


def test_without_a_permit_nobody_states_how_it_came(intake, enter, permit):
    content = a_building_permit_application() | {"arrival": ARRIVAL}

    assert intake.submit(content).status_code == 403
    assert enter("forged").status_code == 403
    assert enter(permit(municipality="0180")).status_code == 403
    assert enter(permit(eservice="felanmalan")).status_code == 403
    assert intake.rows(Submission) == []


def test_a_permit_is_for_nothing_else(intake, permit):
    answer = intake.client().post(
        f"{API}/submissions", json=a_building_permit_application(), headers={"Arrival-Permit": permit()}
    )

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/arrival"]


def test_a_file_of_the_original_is_an_officers_alone(intake):
    scan = intake.upload(field="_original").json["id"]

    answer = intake.submit(a_building_permit_application(_original=[scan]))

    assert answer.status_code == 422


def test_the_same_sent_again_is_one_also_when_the_permit_is_too_old(intake, enter, permit, monkeypatch):
    signed = permit()
    first = enter(signed, key="one")
    monkeypatch.setattr(arrival_permit, "LASTS", -1)

    again = enter(signed, key="one")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["reference"] == first.json["reference"]
    assert enter(signed, key="two").status_code == 410
    assert len(intake.rows(Submission)) == 1


def test_the_form_is_read_once(enter, monkeypatch):
    readings = []

    def counted(self, answers, files):
        readings.append(self)
        return reading(self, answers, files)

    reading = Form.reading
    monkeypatch.setattr(Form, "reading", counted)

    assert enter().status_code == 201
    assert len(readings) == 1
