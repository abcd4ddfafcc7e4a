"""What strangers may do in an hour, at the API: refused with when to come back, and counted for nobody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.intake.limits import allowances
from services.intake.limits.models import Allowance
from services.intake.submissions.models import Submission
from shared.links import sign
from shared.networks import Networks
from tests.store.intake.harness import API, Intake
from tests.system.submissions import PDF, a_building_permit_application, a_fault_report, an_anonymous_fault_report

UNKNOWN = "7K3M-9QXT-2WVC-D4TA"


@pytest.fixture
def limited(any_intake):
    """Makes an intake with these limits, on the same store."""
    return any_intake.restarted


def reached(limit: str) -> float:
    """How often a limit was reached."""
    return REGISTRY.get_sample_value("intake_limits_reached_total", {"limit": limit}) or 0


def submit(intake: Intake, submission=None, *, client: str = "192.0.2.1", key: str | None = None):
    """Send a submission from a client, through the proxy."""
    headers = {"X-Forwarded-For": client} | ({"Idempotency-Key": key} if key else {})
    return intake.client().post(f"{API}/submissions", json=submission or an_anonymous_fault_report(), headers=headers)


def statuses(answers) -> list[int]:
    """What was answered."""
    return [each.status_code for each in answers]


def test_a_client_that_sends_too_much_learns_when_to_come_back_and_others_go_on(limited, clock):
    intake, before = limited(limit_client=3), reached("client")

    answers = [submit(intake) for _ in range(4)]
    assert statuses(answers) == [201, 201, 201, 429]
    refused = answers[-1]
    assert refused.content_type == "application/problem+json"
    assert refused.json["type"] == "urn:arende:problem:limit-reached"
    assert refused.headers["Retry-After"] == "1200"
    assert reached("client") == before + 1
    assert submit(intake, client="192.0.2.2").status_code == 201

    clock.move(seconds=1199)
    assert submit(intake).status_code == 429
    clock.move(seconds=1)
    assert statuses(submit(intake) for _ in range(2)) == [201, 429]


def test_an_address_gets_only_so_many_whoever_sends_and_however_it_is_written(limited):
    intake = limited(limit_recipient=2)
    addresses = ["kim@example.org", "Kim+a@Example.org", "kim+b@example.org", "sam@example.org"]

    answers = [
        submit(intake, a_fault_report(email=email), client=f"192.0.2.{number}")
        for number, email in enumerate(addresses)
    ]

    assert statuses(answers) == [201, 201, 429, 201]


def test_what_is_refused_uses_nothing_of_the_other_limits(limited):
    intake = limited(limit_client=1, limit_eservice=3)

    assert statuses(submit(intake) for _ in range(10)) == [201, *[429] * 9]
    assert statuses(submit(intake, client=f"192.0.2.{n}") for n in (2, 3, 4)) == [201, 201, 429]


def test_the_addresses_of_one_ipv6_subscriber_are_one_client(limited):
    intake = limited(limit_client=1)

    assert submit(intake, client="2001:db8:1:2::a").status_code == 201
    assert submit(intake, client="2001:db8:1:ff:ffff::b").status_code == 429
    assert submit(intake, client="2001:db8:1:100::a").status_code == 201


def test_who_is_no_proxy_does_not_choose_its_address(limited):
    intake = limited(limit_client=1, proxies=Networks.read("10.0.0.0/8"))

    assert submit(intake, client="192.0.2.1").status_code == 201
    assert submit(intake, client="192.0.2.2").status_code == 429


def test_the_municipality_s_own_networks_and_mail_are_exempt(limited):
    intake = limited(
        limit_client=1,
        limit_recipient=1,
        exempt_networks=Networks.read("198.51.100.0/24"),
        exempt_mail_domains=("alvdalen.example",),
    )
    own = a_fault_report(email="anna@alvdalen.example")

    assert statuses(submit(intake, client="198.51.100.7") for _ in range(5)) == [201] * 5
    assert statuses(submit(intake, own, client=f"192.0.2.{n}") for n in range(5)) == [201] * 5


def test_a_submission_sent_again_gets_its_receipt_though_the_limit_is_reached(limited):
    intake = limited(limit_client=1)

    first, again, another = (submit(intake, key=key) for key in ("a", "a", "b"))

    assert statuses([first, again, another]) == [201, 200, 429]
    assert again.json["reference"] == first.json["reference"]


def test_of_many_that_come_at_once_no_more_are_taken_than_the_limit(limited):
    intake = limited(limit_client=10)

    with ThreadPoolExecutor(8) as pool:
        answered = [each.result().status_code for each in [pool.submit(submit, intake) for _ in range(40)]]

    assert answered.count(201) == 10
    assert answered.count(429) == 30
    assert len(intake.rows(Submission)) == 10


def upload(intake: Intake, size: int, *, client: str = "192.0.2.1", raw: bool = False, filename: str = "plan.pdf"):
    """Send a file of that size."""
    query = {"eservice": "bygglov", "field": "site_plan", "name": "plan.pdf"}
    content, headers = PDF + bytes(size), {"X-Forwarded-For": client}
    if raw:
        return intake.client().post(f"{API}/attachments", query_string=query, data=content, headers=headers)
    head = f'--B\r\nContent-Disposition: form-data; name=file; filename="{filename}"\r\n\r\n'.encode()
    headers["Content-Type"] = "multipart/form-data; boundary=B"
    return intake.client().post(
        f"{API}/attachments", query_string=query, data=head + content + b"\r\n--B--\r\n", headers=headers
    )


@pytest.mark.parametrize(
    "sent", [{}, {"raw": True}, {"filename": ""}], ids=["as a part", "as the body", "as a part without a name"]
)
def test_a_client_may_send_only_so_many_bytes_and_nothing_of_the_rest_is_stored(limited, sent):
    intake = limited(limit_client_megabytes=1)

    answers = [upload(intake, 400_000, **sent) for _ in range(3)]

    assert statuses(answers) == [201, 201, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(intake.files()) == 2
    assert upload(intake, 400_000, **sent, client="192.0.2.2").status_code == 201


def test_small_files_are_limited_in_number(limited):
    intake = limited(limit_client_megabytes=1)

    assert statuses(upload(intake, 10) for _ in range(11)) == [201] * 10 + [429]


def test_all_together_may_send_only_so_many_bytes(limited):
    intake = limited(limit_all_megabytes=1)

    answers = [upload(intake, 400_000, client=f"192.0.2.{n}") for n in range(3)]

    assert statuses(answers) == [201, 201, 429]


def test_who_guesses_references_is_counted_and_held_back_from_true_ones_too(limited, clock):
    intake = limited(limit_guesses=3)
    reference = submit(intake).json["reference"]

    def look_up(what, client="192.0.2.1"):
        return intake.client().get(f"{API}/submissions/{what}", headers={"X-Forwarded-For": client}).status_code

    guessed = REGISTRY.get_sample_value("intake_references_guessed_total") or 0
    assert [look_up(UNKNOWN), look_up("no reference"), look_up(reference), look_up(UNKNOWN)] == [404, 404, 200, 404]
    assert REGISTRY.get_sample_value("intake_references_guessed_total") == guessed + 3
    assert look_up(reference) == 429
    assert look_up(reference, client="192.0.2.2") == 200

    clock.move(minutes=20)
    assert look_up(reference) == 200


def test_every_way_to_a_submission_counts_guesses(limited):
    ways = {
        "API": lambda client: client.get(f"{API}/submissions/{UNKNOWN}"),
        "supplement": lambda client: client.post(f"{API}/submissions/{UNKNOWN}/supplements", json={"text": "x"}),
        "decision request": lambda client: client.post(f"{API}/submissions/{UNKNOWN}/decision-requests"),
        "supplement on a page": lambda client: client.post(f"/alvdalen/arenden/{UNKNOWN}/kompletteringar"),
        "decision request on a page": lambda client: client.post(f"/alvdalen/arenden/{UNKNOWN}/begaran-om-avgorande"),
        "receipt": lambda client: client.get(f"/alvdalen/kvitto/{UNKNOWN}"),
        "status": lambda client: client.get(f"/alvdalen/arenden/{UNKNOWN}"),
        "status now": lambda client: client.get(f"/alvdalen/arenden/{UNKNOWN}/nu"),
        "attachment": lambda client: client.get(
            "/intake/api/v1/attachments/0198f3a2-7c41-7d3e-9b52-000000000001?signature=x"
        ),
    }
    intake = limited(limit_guesses=1)
    intake.app.config["WTF_CSRF_METHODS"] = []

    for number, (way, look_up) in enumerate(ways.items()):
        client = intake.client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        first, second = look_up(client), look_up(client)
        assert first.status_code in (403, 404), way
        assert (second.status_code, "Retry-After" in second.headers) == (429, True), way


def test_who_guessed_references_still_opens_files_by_signed_links(limited):
    intake = limited(limit_guesses=1)
    plan, drawing = intake.upload().json["id"], intake.upload(field="elevations").json["id"]
    application = a_building_permit_application(site_plan=[plan], elevations=[drawing])
    assert submit(intake, application).status_code == 201

    def status_of(signature: str) -> int:
        address = f"/intake/api/v1/attachments/{plan}?signature={signature}"
        return intake.client().get(address, headers={"X-Forwarded-For": "192.0.2.1"}).status_code

    assert [status_of("x"), status_of("x"), status_of(sign(intake.settings.link_key, plan))] == [403, 429, 200]


def test_supplements_count_for_the_address_that_they_are_written_to(limited):
    intake = limited(limit_recipient=2)
    reference = submit(intake, a_fault_report()).json["reference"]

    answers = [
        intake.client().post(f"{API}/submissions/{reference}/supplements", json={"text": f"Mer {n}."}) for n in range(2)
    ]

    assert statuses(answers) == [201, 429]


def test_nobody_is_named_in_the_store_and_what_is_over_is_deleted(limited, clock):
    intake = limited()
    submit(intake, a_fault_report(email="kim@example.org"), client="192.0.2.1")

    keys = [row.key for row in intake.rows(Allowance)]
    assert sorted(key.partition(".")[0] for key in keys) == ["client", "eservice", "recipient"]
    assert not any(part in key for key in keys for part in ("kim", "example", "192"))

    clock.move(hours=1)
    allowances.purge(intake.database.sessions, clock().timestamp())
    with intake.database.sessions() as session:
        assert session.scalars(select(Allowance)).all() == []
