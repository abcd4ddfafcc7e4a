"""The main job, whole way: sent in, routed with a reason, handled by an officer, with mail at each step."""

from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from shared.clock import utc_now
from tests.system.people import SLUG, Citizen, Officer, eventually
from tests.system.submissions import (
    PDF,
    a_building_permit_application,
    a_fault_report,
    a_proposal,
    an_anonymous_fault_report,
)


@pytest.fixture
def citizen(installation):
    """Somebody with something to send."""
    return Citizen(installation)


@pytest.fixture(scope="module")
def officer(installation):
    """Anna, who has all boards of Älvdalen."""
    return Officer(installation)


@pytest.fixture
def mailed(installation):
    """Wait until an address has got a mail with some subject, once, about a submission."""

    def mailed_once(reference, address, something):
        def look():
            mails = installation.mails_about(reference)
            return [mail for mail in mails if address in mail["To"] and something in mail["Subject"]]

        assert len(eventually(look)) == 1

    return mailed_once


def submitted(citizen, submission, **how):
    """The reference of what was sent."""
    answer = citizen.submit(submission, **how)
    assert answer.status_code == 201, answer.text
    return answer.json()["reference"]


def registered(citizen, officer, reference):
    """The case that a submission has become."""
    number = eventually(lambda: (citizen.status(reference)["case"] or {})["number"])
    return officer.case(number)


def test_a_fault_report_is_routed_with_a_reason_and_handled_with_a_message_at_each_step(citizen, officer, mailed):
    reference = submitted(citizen, a_fault_report())
    case = registered(citizen, officer, reference)
    assert case["queue"] == "belysning"
    assert "gatubelysning" in case["why"]["sv"]

    assert officer.perform(case, "claims").status_code == 201
    claimed = officer.get(f"cases/{case['id']}")
    assert claimed["officer_name"] == "Anna Andersson"
    assert officer.perform(claimed, "messages", text="En montör åker ut på torsdag.").status_code == 201
    assert officer.perform(officer.get(f"cases/{case['id']}"), "decisions", outcome="atgardat").status_code == 201

    for something in ("Vi har tagit emot", "Nytt meddelande", "Svar i ditt ärende"):
        mailed(reference, "karin.lund@example.se", something)
    eventually(lambda: "Åtgärdat" in citizen.page(f"/{SLUG}/arenden/{reference}").text)
    assert officer.perform(officer.get(f"cases/{case['id']}"), "closures").status_code == 201
    journal = [entry["action"] for entry in officer.get(f"cases/{case['id']}/journal")["items"]]
    assert journal == ["register", "queue", "claim", "message", "decide", "close"]


def test_a_building_permit_application_keeps_its_drawings_and_the_officer_opens_them(citizen, officer, installation):
    attachments = {}
    for field in ("site_plan", "elevations"):
        answer = citizen.client.post(
            citizen.api(SLUG, "attachments"),
            params={"eservice": "bygglov", "field": field},
            files={"file": (f"{field}.pdf", PDF, "application/pdf")},
        )
        assert answer.status_code == 201, answer.text
        attachments[field] = [answer.json()["id"]]
    reference = submitted(citizen, a_building_permit_application(**attachments))

    case = registered(citizen, officer, reference)

    assert case["queue"] == "bygglov"
    assert case["due_on"]
    assert sorted(each["name"] for each in case["attachments"]) == ["elevations.pdf", "site_plan.pdf"]
    signed = urlsplit(case["attachments"][0]["url"])
    opened = citizen.client.get(installation.url(f"{signed.path}?{signed.query}"))
    assert opened.content == PDF
    assert 400 <= citizen.client.get(installation.url(signed.path)).status_code < 500


def test_an_anonymous_submitter_gets_no_mail_and_sees_the_case_on_the_page(citizen, officer, installation):
    reference = submitted(citizen, an_anonymous_fault_report())

    case = registered(citizen, officer, reference)

    assert case["submitter"] is None
    assert case["number"] in eventually(lambda: citizen.page(f"/{SLUG}/arenden/{reference}").text)
    assert not installation.mails_about(reference)


def test_an_officer_asks_for_more_and_the_submitter_sends_it(citizen, officer, mailed):
    reference = submitted(citizen, a_proposal())
    case = registered(citizen, officer, reference)
    officer.perform(case, "claims")
    answer_by = (utc_now() + timedelta(days=14)).date().isoformat()
    answer = officer.perform(
        officer.get(f"cases/{case['id']}"),
        "supplement-requests",
        text="Vilken sträcka menar du?",
        answer_by=answer_by,
    )
    assert answer.status_code == 201, answer.text
    mailed(reference, "elsa.berg@example.se", "Komplettera")
    eventually(lambda: citizen.status(reference)["state"] == "awaiting_supplement")

    sent = citizen.client.post(
        citizen.api(SLUG, f"submissions/{reference}/supplements"),
        json={"text": "Från bron till skolans grind."},
        headers={"Idempotency-Key": "supplement-1"},
    )

    assert sent.status_code == 201, sent.text
    mailed(reference, "elsa.berg@example.se", "Vi har tagit emot din komplettering")
    eventually(lambda: officer.get(f"cases/{case['id']}")["state"] == "assigned")
    journal = officer.get(f"cases/{case['id']}/journal")["items"]
    assert "Från bron till skolans grind." in str(journal)


def test_the_same_key_sent_twice_is_one_submission(citizen):
    first, second = (citizen.submit(a_fault_report(), key="one-and-the-same") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["reference"] == second.json()["reference"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer not.a.token"}, 401), ({"Authorization": "Basic eDp5"}, 401)],
)
def test_without_a_token_that_holds_no_queue_is_shown(installation, citizen, headers, status):
    answer = citizen.client.get(installation.url("/routing/api/v1/queues"), headers=headers)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_another_municipalitys_officer_finds_no_such_case(citizen, officer, installation):
    case = registered(citizen, officer, submitted(citizen, a_fault_report()))
    sara = Officer(installation, "sara.svensson")

    answer = sara.client.get(installation.url(f"/routing/api/v1/cases/{case['id']}"))

    assert answer.status_code in (403, 404)


def test_somebody_who_is_no_officer_is_kept_out(installation, citizen):
    token = installation.token("nobody.at.all")

    answer = citizen.client.get(
        installation.url("/routing/api/v1/queues"), headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 403


def test_the_figures_of_all_of_a_services_processes_are_added_up(installation, citizen):
    def counted():
        figures = citizen.client.get(f"{installation.origins['routing']}/metrics").text
        refused = [line for line in figures.splitlines() if line.startswith("arende_identity_rejected_total{")]
        return sum(float(line.rpartition(" ")[2]) for line in refused)

    before = counted()
    for _ in range(10):
        httpx.get(installation.url("/routing/api/v1/queues"))

    assert counted() == before + 10
