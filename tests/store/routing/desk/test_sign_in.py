"""Signing in to the desk, against a real OpenID provider at the same origin."""

import hashlib
import json
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from itsdangerous import base64_decode
from prometheus_client import REGISTRY

from services.routing.app import create_app
from services.routing.desk import sign_in as sign_in_pages
from services.routing.desk import sign_in_requests
from services.routing.desk.models import DeskSession
from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import RoutingService, a_routing_service
from tests.store.routing.casework import everything, settings_of
from tests.store.routing.desk_client import sign_in, somebody_at, token_of
from tests.stores import migrated

A_CASE = "/desk/cases/00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> RoutingService:
    """A routing service without cases."""
    return a_routing_service(tmp_path_factory.mktemp("routing"))


@pytest.fixture(scope="module")
def origin(service: RoutingService) -> Iterator[str]:
    """Where the desk answers, beside its provider."""
    with serving(lambda origin: beside_the_provider(service.app(origin))) as origin:
        yield origin


@pytest.fixture
def other_web(service: RoutingService, origin: str) -> Iterator[str]:
    """Where another web of the same desk answers."""
    with serving(lambda _: service.app(origin)) as other:
        yield other


@pytest.fixture
def browser(origin: str) -> Iterator[httpx.Client]:
    """Somebody who is not signed in."""
    with somebody_at(origin) as browser:
        yield browser


def test_the_desk_asks_who_is_there_and_comes_back_to_the_page_that_was_wanted(browser):
    page = sign_in(browser, page="/desk/queues/gata?sort=age")

    assert page.status_code == 200
    assert page.url.path == "/desk/queues/gata"
    assert page.url.query == b"sort=age"
    assert "Anna Andersson" in page.text


def test_the_provider_gets_a_request_with_pkce_state_and_nonce(browser):
    answer = browser.get("/desk/sign-in", follow_redirects=False)

    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert {"code_challenge", "state", "nonce"} <= set(query)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/desk/", "/desk/\\example.org", "/mailbox/"]
)
def test_a_sign_in_leads_to_the_desk_and_nowhere_else(browser, elsewhere):
    form = browser.get("/desk/sign-in", params={"next": elsewhere})
    page = browser.post(str(form.url), data={"sub": "anna.andersson"})

    assert page.url.path == "/desk/"


def test_a_sign_in_that_this_browser_did_not_begin_is_refused(browser):
    form = browser.get("/desk/")
    answered = browser.post(str(form.url), data={"sub": "anna.andersson"}, follow_redirects=False)

    somebody_else = httpx.get(answered.headers["Location"])

    assert somebody_else.status_code == 403
    assert "Du loggades inte in" in somebody_else.text


def test_a_sign_in_that_was_declined_is_refused(browser):
    form = browser.get("/desk/")
    page = browser.post(str(form.url), data={"action": "deny"})

    assert page.status_code == 403


def test_a_code_is_taken_once(browser):
    form = browser.get("/desk/")
    answered = browser.post(str(form.url), data={"sub": "anna.andersson"}, follow_redirects=False)
    browser.get(answered.headers["Location"])

    again = browser.get(answered.headers["Location"])

    assert again.status_code == 403


def test_the_session_cookie_has_neither_names_nor_tokens_of_the_provider(browser):
    sign_in(browser)

    held = session_of(browser)
    assert b"token" not in held.replace(b"csrf_token", b"")
    assert b"anna" not in held.lower()


def session_of(browser):
    """What the session cookie holds, which is compressed where that makes it shorter."""
    cookie = browser.cookies["routing_session"]
    held = base64_decode(cookie.lstrip(".").split(".")[0])
    return zlib.decompress(held) if cookie.startswith(".") else held


def test_several_tabs_sign_in_and_each_comes_back_to_its_page(browser):
    pages = [f"/desk/queues/gata?sort={order}" for order in ("age", "newest", "priority")]
    forms = [browser.get(page) for page in pages]

    answers = [browser.post(str(form.url), data={"sub": "anna.andersson"}) for form in reversed(forms)]

    assert [answer.url.raw_path.decode() for answer in answers] == pages[::-1]
    assert browser.post("/desk/sign-out", data={"csrf_token": token_of(answers[0])}).is_success


@pytest.mark.parametrize("character", ["x", "\N{LATIN SMALL LETTER O WITH DIAERESIS}"])
@pytest.mark.parametrize("length", [10, 40, 290, 1_900])
def test_tabs_that_were_left_at_the_provider_stop_no_later_sign_in(browser, character, length):
    next_pages = (f"/desk/{number}{character * length}" for number in range(3 * sign_in_requests.MOST))
    for page in next_pages:
        browser.get("/desk/sign-in", params={"next": page}, follow_redirects=False)

    begun = {name: value for name, value in browser.cookies.items() if name.startswith("desk_sign_in_")}
    assert len(begun) == sign_in_requests.MOST
    assert len("; ".join(map("=".join, begun.items()))) < 7_000
    assert sign_in(browser).status_code == 200


def test_a_long_address_leads_to_the_queues_after_the_sign_in(browser):
    form = browser.get("/desk/sign-in", params={"next": f"/desk/queues/gata?sort={'x' * 300}"})

    assert browser.post(str(form.url), data={"sub": "anna.andersson"}).url.path == "/desk/"


def test_a_sign_in_that_takes_too_long_is_begun_anew(service, browser):
    form = browser.get("/desk/")
    service.clock.move(minutes=30)

    page = browser.post(str(form.url), data={"sub": "anna.andersson"})

    assert page.status_code == 403


def test_somebody_else_who_signs_in_ends_the_session_before(service, browser):
    sign_in(browser)
    before = dict(browser.cookies)

    form = browser.get("/desk/sign-in")
    page = browser.post(str(form.url), data={"sub": "erik.eriksson"})

    assert "Erik Eriksson" in page.text
    assert is_signed_out(str(browser.base_url), before)


def test_signing_in_begins_a_session_of_its_own(browser):
    before = token_of(sign_in(browser))
    browser.post("/desk/sign-out", data={"csrf_token": before})

    after = token_of(sign_in(browser))

    rejected = browser.post("/desk/queues/gata/claims", data={"csrf_token": before})
    assert before != after
    assert rejected.status_code == 403


def turned_away():
    """How many calls to routing were turned away for want of the role."""
    return REGISTRY.get_sample_value("arende_identity_rejected_total", {"service": "routing", "reason": "role"}) or 0


def test_an_account_without_the_officers_role_is_refused(browser):
    before = turned_away()

    page = sign_in(browser, subject="someone.unknown")

    assert page.status_code == 403
    assert turned_away() == before + 1


def test_who_signs_out_is_out(browser):
    page = sign_in(browser)

    out = browser.post("/desk/sign-out", data={"csrf_token": token_of(page)})

    assert "Du är utloggad" in out.text
    assert browser.get("/desk/", follow_redirects=False).status_code == 303


def test_a_cookie_that_is_used_again_after_signing_out_is_signed_out_in_every_web(service, browser, other_web):
    page = sign_in(browser)
    kept = dict(browser.cookies)
    webs = (str(browser.base_url), other_web)
    assert not any(is_signed_out(web, kept) for web in webs)

    browser.post("/desk/sign-out", data={"csrf_token": token_of(page)})

    assert all(is_signed_out(web, kept) for web in webs)


def is_signed_out(web, cookies):
    """Whether a web sends somebody with these cookies to sign in."""
    answer = httpx.get(f"{web}/desk/", cookies=cookies)
    return answer.headers.get("Location", "").startswith("/desk/sign-in")


def test_sessions_that_are_over_are_not_kept(service, browser):
    sign_in(browser)
    service.clock.move(hours=11)

    sign_in(browser)

    assert len(everything(service.store, DeskSession)) == 1


@pytest.mark.parametrize(("address", "status"), [("/desk/kor", 404), (f"{A_CASE}/notes", 405)])
def test_an_officer_at_an_address_without_a_page_keeps_the_ways_on(origin, browser, address, status):
    sign_in(browser)

    shown = browser.get(address)

    assert shown.status_code == status
    assert 'href="/desk/mine"' in shown.text
    assert "Anna Andersson" in shown.text
    with somebody_at(origin) as stranger:
        answer = stranger.get(address)
    assert answer.status_code == status
    assert 'href="/desk/mine"' not in answer.text


def test_the_store_has_no_cookie_that_works(service, browser):
    sign_in(browser)

    held = json.loads(session_of(browser))
    kept = {row.token_hash for row in everything(service.store, DeskSession)}
    assert hashlib.sha256(held["desk"].encode()).hexdigest() in kept
    assert held["desk"] not in kept


def test_an_access_token_opens_the_api_and_an_id_token_does_not(tmp_path):
    store = migrated(f"sqlite:///{tmp_path}/store.sqlite", "routing")
    with serving(lambda origin: beside_the_provider(create_app(settings_of(store, origin)).wsgi_app)) as origin:
        granted = tokens_of(origin, client="arende")
        answers = {
            name: httpx.get(
                f"{origin}/routing/api/v1/queues", headers={"Authorization": f"Bearer {granted[name]}"}
            ).status_code
            for name in ("access_token", "id_token")
        }

    assert answers == {"access_token": 200, "id_token": 401}


def tokens_of(origin, client):
    """What the provider gives to a client that asks for somebody without a nonce."""
    asked = {"response_type": "code", "client_id": client, "redirect_uri": origin, "scope": "openid profile"}
    code = httpx.post(f"{origin}/oauth2/authorize", params=asked, data={"sub": "anna.andersson"}).headers["Location"]
    form = {"grant_type": "authorization_code", "code": code.partition("code=")[2], "redirect_uri": origin}
    return httpx.post(f"{origin}/oauth2/token", data=form, auth=(client, "any secret")).json()


def test_a_sign_in_lasts_a_working_day_also_for_a_page_that_renews_itself(service, browser):
    sign_in(browser)

    for _ in range(4):
        service.clock.move(hours=2)
        page = browser.get("/desk/", follow_redirects=False)
        assert (page.status_code, "Set-Cookie" in page.headers) == (200, False)
    service.clock.move(hours=2)

    answer = browser.get("/desk/queues/gata?sort=age", follow_redirects=False)
    assert answer.headers["Location"] == "/desk/sign-in?next=/desk/queues/gata?sort%3Dage"


def test_a_form_sent_when_the_working_day_is_over_gives_back_what_was_typed(service, browser):
    token = token_of(sign_in(browser))
    service.clock.move(hours=10)

    rejected = browser.post(f"{A_CASE}/notes", data={"csrf_token": token, "text": "Sökanden ringde."})

    assert rejected.status_code == 403
    assert "Sökanden ringde." in rejected.text
    assert browser.get("/desk/", follow_redirects=False).status_code == 303


def test_files_of_who_is_no_officer_are_not_written_to_our_disk(service, origin, browser):
    token, file = token_of(sign_in(browser)), {"documents": ("ritning.pdf", b"%PDF" * 500_000)}
    with somebody_at(origin) as stranger, somebody_at(origin) as employee, no_disk(service.documents):
        sign_in(employee, subject="someone.unknown")

        of_stranger = stranger.post(f"{A_CASE}/messages", data={"text": "Sökanden ringde."}, files=file)
        of_employee = employee.post(f"{A_CASE}/messages", data={"csrf_token": token}, files=file)
        of_program = stranger.post(f"{A_CASE.replace('/desk', '/routing/api/v1')}/documents", files=file)
        of_officer = browser.post(f"{A_CASE}/messages", data={"csrf_token": token}, files=file)

    assert (of_stranger.status_code, of_employee.status_code, of_program.status_code) == (403, 403, 401)
    assert "Sökanden ringde." in of_stranger.text
    assert of_officer.status_code == 500  # for want of the disk


@contextmanager
def no_disk(documents):
    """The folder in which files are received is away."""
    away = (documents / "incoming").rename(documents / "away")
    try:
        yield
    finally:
        away.rename(documents / "incoming")


def test_nothing_is_done_without_the_forms_token(browser):
    sign_in(browser)

    for path in ("/desk/queues/gata/claims", "/desk/sign-out"):
        assert browser.post(path).status_code in (400, 403)
    assert browser.get("/desk/").url.path == "/desk/"


def test_a_form_sent_after_signing_out_gives_back_what_was_typed(browser):
    page = sign_in(browser)
    token = token_of(page)
    browser.post("/desk/sign-out", data={"csrf_token": token})

    rejected = browser.post(f"{A_CASE}/notes", data={"csrf_token": token, "text": "Sökanden ringde."})

    assert rejected.status_code == 403
    assert "Sökanden ringde." in rejected.text
    assert f'href="{A_CASE}"' in rejected.text


def test_a_provider_that_does_not_answer_gives_503(service):
    with (
        serving(lambda origin: service.app(origin, issuer="http://127.0.0.1:9")) as origin,
        somebody_at(origin) as browser,
    ):
        assert browser.get("/desk/").status_code == 503


def test_a_provider_that_never_answers_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(sign_in_pages, "TIMEOUT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        app = create_app(settings_of(migrated(f"sqlite:///{tmp_path}/store.sqlite", "routing"), issuer))

        answer = app.test_client().get("/desk/sign-in")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
