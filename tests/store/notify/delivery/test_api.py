"""The list of notifications that officers read, and trying again what has failed."""

from collections import deque
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from services.notify.app import create_app
from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.models import Retry
from shared.clock import utc_now
from shared.database import Database
from shared.events.routing import CaseClosed, CaseRegistered, CaseTransferred
from shared.web import paging
from tests.builders import HandClock, a_submission, case_event, received
from tests.mail_server import MailServer
from tests.notify import Receive, everything, notify_settings, only
from tests.openid import Provider, a_provider

LIST = "/notify/api/v1/notifications"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with a_provider() as provider:
        yield provider


@pytest.fixture
def clock() -> HandClock:
    return HandClock(utc_now())


@pytest.fixture
def client(store: Database, database_url: str, provider: Provider, clock: HandClock, tmp_path: Path) -> FlaskClient:
    settings = notify_settings(
        database_url=database_url,
        oidc_issuer=provider.issuer,
        smtp_url="smtp://mail.example.se",
        mail_files=tmp_path,
    )
    return create_app(settings, clock=clock).test_client()


def listed(client: FlaskClient, provider: Provider, query: str = "", **claims: Any) -> dict[str, Any]:
    answer = client.get(LIST + query, headers=provider.bearer(**claims))
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


@pytest.fixture
def failed(receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, store: Database, clock: HandClock) -> str:
    """The path of the retries of a notification that has failed."""
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["550 nobody here"])
    receive(received(a_submission(), at=clock()))
    dispatcher.deliver_batch()
    return f"{LIST}/{only(store).id}/retries"


def test_an_officer_sees_each_notification_and_how_it_went_but_not_the_address(
    client: FlaskClient, provider: Provider, receive: Receive, dispatcher: Dispatcher, store: Database, clock: HandClock
) -> None:
    submission = a_submission()
    receive(received(submission, at=clock()))
    dispatcher.deliver_batch()

    [item] = listed(client, provider)["items"]

    assert item["id"] == str(only(store).id)
    assert item["submission_id"] == str(submission.submission_id)
    assert (item["message"], item["state"], item["attempts"], item["cause"]) == ("receipt", "delivered", 1, None)
    assert item["recipient"] == "k…@example.org"
    [delivery] = item["deliveries"]
    assert (delivery["channel"], delivery["result"], delivery["code"]) == ("smtp", "delivered", "ok")
    assert "content" not in item


def test_officers_see_their_own_municipality_only(
    client: FlaskClient, provider: Provider, receive: Receive, clock: HandClock
) -> None:
    receive(received(a_submission(), municipality="2409", at=clock()))

    assert listed(client, provider)["items"] == []
    assert len(listed(client, provider, municipality="2409")["items"]) == 1


def test_until_there_is_a_case_officers_see_what_was_sent_to_their_own_boards_only(
    client: FlaskClient, provider: Provider, receive: Receive, clock: HandClock
) -> None:
    receive(received(a_submission(), at=clock()))
    [building_permit] = listed(client, provider, boards=["BN"])["items"]
    stranger = {"boards": ["TN"], "roles": ["officer"]}

    assert listed(client, provider, **stranger)["items"] == []
    answer = client.post(f"{LIST}/{building_permit['id']}/retries", headers=provider.bearer(**stranger))
    assert answer.status_code == 404


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_only_the_board_that_has_the_case_now_sees_it_and_tries_again_whatever_order_events_came_in(
    client: FlaskClient,
    provider: Provider,
    receive: Receive,
    dispatcher: Dispatcher,
    clock: HandClock,
    order: tuple[int, ...],
) -> None:
    submission = a_submission(email="kim at example")
    events = [
        received(submission, at=clock()),
        case_event(CaseRegistered, submission, at=clock(), sequence=1, board="SBN"),
        case_event(CaseTransferred, submission, at=clock(), sequence=4, board="TN"),
    ]

    receive(*(events[number] for number in order))
    dispatcher.deliver_batch()

    for former in ("BN", "SBN"):
        assert listed(client, provider, boards=[former], roles=["officer"])["items"] == []
    theirs = {"boards": ["TN"], "roles": ["officer"]}
    failed = listed(client, provider, **theirs)["items"]
    assert len(failed) == 3
    retries = f"{LIST}/{failed[0]['id']}/retries"
    assert client.post(retries, headers=provider.bearer(boards=["BN"], roles=["officer"])).status_code == 404
    assert client.post(retries, headers=provider.bearer(**theirs)).status_code == 201


@pytest.mark.parametrize("boards", [["BN"], []], ids=["of the board", "registrar of all"])
def test_nobody_sees_what_was_sent_about_a_protected_case(
    client: FlaskClient, provider: Provider, receive: Receive, clock: HandClock, boards: list[str]
) -> None:
    who: dict[str, Any] = {"boards": boards, "roles": ["officer", "registrar"]}
    submission = a_submission(secrecy="26 kap. 1 § OSL")

    receive(received(submission, at=clock()))
    assert listed(client, provider, **who)["items"] == []

    receive(case_event(CaseRegistered, submission, sequence=1, board="BN", protected=True))
    assert listed(client, provider, **who)["items"] == []

    receive(case_event(CaseTransferred, submission, sequence=2, board="BN"))
    assert len(listed(client, provider, **who)["items"]) == 3


def test_pages_follow_each_other_without_gap_or_repeat(
    client: FlaskClient, provider: Provider, receive: Receive, clock: HandClock
) -> None:
    receive(*(received(a_submission(), at=clock()) for _ in range(3)))
    clock.move(seconds=1)
    receive(*(received(a_submission(), at=clock()) for _ in range(2)))

    seen, cursor = [], ""
    while cursor is not None:
        page = listed(client, provider, f"?limit=2&cursor={cursor}" if cursor else "?limit=2")
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]

    assert len(seen) == len(set(seen)) == 5


def test_the_list_can_be_narrowed(client: FlaskClient, provider: Provider, receive: Receive, clock: HandClock) -> None:
    submission = a_submission()
    receive(received(submission, at=clock()), case_event(CaseClosed, submission, at=clock()))
    receive(received(a_submission(), at=clock()))

    def count(query: str) -> int:
        return len(listed(client, provider, query)["items"])

    assert count(f"?submission_id={submission.submission_id}") == 2
    assert count(f"?submission_id={submission.submission_id}&message=closed") == 1
    assert count("?state=due") == 3
    assert count("?state=failed") == 0


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?state=lost", 422),
        ("?submission_id=1", 422),
        ("?limit=0", 422),
        ("?limit=201", 422),
        ("?cursor=nonsense", 400),
        ("?cursor=WzEsMl0", 400),
        ("?cursor=" + paging.encode(["2026-01-01T00:00:00", str(UUID(int=7))]), 400),
        ("?cursor=" + paging.encode(["0001-01-01T00:00:00+14:00", str(UUID(int=7))]), 400),
        ("?cursor=" + paging.encode(["2026-01-01T00:00:00Z", 5]), 400),
        ("?message=" + "x" * 51, 422),
    ],
)
def test_a_wrong_query_is_a_problem(client: FlaskClient, provider: Provider, query: str, status: int) -> None:
    answer = client.get(LIST + query, headers=provider.bearer())

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_without_a_token_or_the_role_there_is_no_list(client: FlaskClient, provider: Provider) -> None:
    assert client.get(LIST).status_code == 401
    assert client.get(LIST, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get(LIST, headers=provider.bearer(roles=["citizen"])).status_code == 403
    assert client.post(f"{LIST}/{uuid4()}/retries").status_code == 401


def test_a_failed_notification_can_be_tried_again(
    client: FlaskClient,
    provider: Provider,
    failed: str,
    dispatcher: Dispatcher,
    store: Database,
    mail_server: MailServer,
) -> None:
    answer = client.post(failed, headers=provider.bearer() | {"Idempotency-Key": "again"})
    dispatcher.deliver_batch()

    assert answer.status_code == 201
    assert answer.json["notification_id"] == str(only(store).id)  # type: ignore[index]
    assert (only(store).state, only(store).cause, len(mail_server.mails)) == ("delivered", None, 1)


def test_what_waits_for_its_next_attempt_is_sent_at_once_on_request(
    client: FlaskClient,
    provider: Provider,
    receive: Receive,
    dispatcher: Dispatcher,
    store: Database,
    mail_server: MailServer,
    clock: HandClock,
) -> None:
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["450 greylisted"])
    receive(received(a_submission(), at=clock()))
    dispatcher.deliver_batch()
    assert dispatcher.deliver_batch() == 0

    answer = client.post(f"{LIST}/{only(store).id}/retries", headers=provider.bearer())
    dispatcher.deliver_batch()

    assert answer.status_code == 201
    assert (only(store).state, only(store).attempts, len(mail_server.mails)) == ("delivered", 2, 1)


def test_the_same_request_twice_is_one(
    client: FlaskClient, provider: Provider, failed: str, dispatcher: Dispatcher, store: Database
) -> None:
    headers = provider.bearer() | {"Idempotency-Key": "again"}

    first = client.post(failed, headers=headers)
    dispatcher.deliver_batch()
    second = client.post(failed, headers=headers)

    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert len(everything(store, Retry)) == 1


def test_what_has_not_failed_is_not_tried_again(
    client: FlaskClient, provider: Provider, receive: Receive, store: Database, clock: HandClock
) -> None:
    receive(received(a_submission(), at=clock()))

    answer = client.post(f"{LIST}/{only(store).id}/retries", headers=provider.bearer() | {"Idempotency-Key": "again"})

    assert (answer.status_code, answer.json["state"]) == (409, "due")  # type: ignore[index]


def test_a_key_belongs_to_one_request(
    client: FlaskClient, provider: Provider, failed: str, receive: Receive, store: Database, clock: HandClock
) -> None:
    headers = provider.bearer() | {"Idempotency-Key": "again"}
    client.post(failed, headers=headers)
    receive(received(a_submission(eservice="felanmalan"), at=clock()))

    other = only(store, eservice="felanmalan").id
    assert client.post(f"{LIST}/{other}/retries", headers=headers).status_code == 422


def test_a_retry_is_for_a_notification_of_ones_own_municipality(
    client: FlaskClient, provider: Provider, failed: str
) -> None:
    keyed = {"Idempotency-Key": "again"}

    assert client.post(f"{LIST}/{uuid4()}/retries", headers=provider.bearer() | keyed).status_code == 404
    assert client.post(failed, headers=provider.bearer(municipality="2409") | keyed).status_code == 404


def test_the_api_describes_itself(client: FlaskClient) -> None:
    document = client.get("/notify/api/v1/openapi.json").json

    paths = {LIST, LIST + "/{notification_id}/retries", "/notify/api/v1/mail-files/{file_id}"}
    assert set(document["paths"]) == paths  # type: ignore[index]


def test_without_a_key_each_request_is_its_own(
    client: FlaskClient, provider: Provider, failed: str, store: Database
) -> None:
    assert client.post(failed, headers=provider.bearer()).status_code == 201
    assert client.post(failed, headers=provider.bearer()).status_code == 409
    assert len(everything(store, Retry)) == 1
