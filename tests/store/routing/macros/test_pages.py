"""A macro's pages without a browser: what is sent twice, what has changed meanwhile, and nonsense."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.routing.cases.models import Case
from services.routing.macros import edit
from services.routing.macros.edit import MacroContent
from services.routing.macros.models import MacroVersion
from services.routing.macros.steps import Step
from services.routing.organisation import loader
from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import (
    ESERVICES,
    MUNICIPALITIES,
    RoutingService,
    a_macro,
    a_routing_service,
    fault_report,
)
from tests.store.routing.casework import ANNA
from tests.store.routing.desk_client import sign_in, somebody_at, token_in

KEY = "0" * 32
MOVE = ("transfer", {"queue": "bygglov", "reason": {"sv": "Det gäller ett lov."}})
NOTE = ("note", {"text": {"sv": "Ringde."}})


@dataclass
class Erik:
    """An officer of one board at the desk."""

    service: RoutingService
    browser: httpx.Client

    def send(self, case: Case, macro: Any, **inputs: str) -> httpx.Response:
        """Send the form of a macro's preview."""
        at = f"/desk/cases/{case.id}/macros/{macro.id}"
        token = token_in(self.browser.get("/desk/").text)
        seen = {"version": str(case.sequence), "macro_version": "1", "steps": str(len(macro.steps)), "key": KEY}
        return self.browser.post(at, data={"csrf_token": token, **seen, **inputs})

    def now(self, case: Case) -> Case:
        """The case as it is now."""
        [found] = self.service.cases(id=case.id)
        return found


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> RoutingService:
    """The routing service."""
    return a_routing_service(tmp_path_factory.mktemp("routing"))


@pytest.fixture(scope="module")
def origin(service: RoutingService) -> Iterator[str]:
    """Where the desk is."""
    with serving(lambda origin: beside_the_provider(service.app(origin))) as at:
        yield at


@pytest.fixture(scope="module")
def erik(service: RoutingService, origin: str) -> Iterator[Erik]:
    """Erik Eriksson, of the technical board."""
    with somebody_at(origin) as browser:
        sign_in(browser, "erik.eriksson")
        yield Erik(service, browser)


@pytest.fixture(scope="module")
def anna(origin: str) -> Iterator[httpx.Client]:
    """Anna Andersson's browser, who writes macros."""
    with somebody_at(origin) as browser:
        sign_in(browser, "anna.andersson")
        yield browser


@pytest.fixture
def case(erik: Erik) -> Case:
    """A fault report that waits in its queue."""
    return erik.service.receive(fault_report(0))


@pytest.mark.parametrize("do", ["", "next"])
def test_what_moves_the_case_out_of_sight_may_be_sent_twice(erik, case, do):
    macro = a_macro(erik.service, "Till bygglov", MOVE)
    sent = {"0-queue": "bygglov", "0-reason": "Det gäller ett lov.", "key": case.id.hex, "do": do}

    first, again = erik.send(case, macro, **sent), erik.send(case, macro, **sent)

    assert (first.status_code, again.status_code) == (200, 200)
    assert f"Makrot har utförts i {case.number}." in first.text
    assert (erik.now(case).queue, erik.now(case).sequence) == ("bygglov", case.sequence + 1)


@pytest.mark.parametrize("do", ["", "look"])
def test_a_macro_that_was_changed_meanwhile_is_shown_anew_with_what_was_written(erik, case, do):
    macro = a_macro(erik.service, "Notera", NOTE)
    organisation = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    changed = MacroContent("Notera", [Step(*NOTE), Step("claim", {})], eservice="felanmalan")
    store = {"sessions": erik.service.store.sessions, "now": erik.service.clock()}
    edit.change(ANNA, macro.id, changed, organisation, version=1, **store)

    page = erik.send(case, macro, **{"0-text": "Ringde två gånger.", "do": do})

    assert page.status_code == 412
    assert "Makrot ändrades medan du hade det öppet. Inget utfördes." in page.text
    assert "2. Ta ärendet" in page.text
    assert '<textarea id="unsent" readonly>Ringde två gånger.</textarea>' in page.text
    assert erik.now(case).sequence == case.sequence


def test_what_is_in_nobodys_way_is_carried_out_in_a_case_that_has_changed_and_all_else_is_not(erik, case):
    hold = ("put_on_hold", {"until_day": {"days": 15}, "reason": {"sv": "Väntar."}})
    notes, holds = a_macro(erik.service, "Notera", NOTE, NOTE), a_macro(erik.service, "Notera och vila", NOTE, hold)
    sent = {"version": "1", "0-text": "Ringde.", "1-until_day": "2026-12-15", "1-reason": "Väntar."}

    held = erik.send(case, holds, **sent)
    noted = erik.send(case, notes, version="1", **{"0-text": "Ringde.", "1-text": "Ringde åter."})

    assert (held.status_code, noted.status_code) == (412, 200)
    assert "Ärendet ändrades medan du hade det öppet. Inget har sparats." in held.text
    assert erik.now(case).sequence == case.sequence + 2


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({"0-text": "Hej", "version": "one"}, 400),
        ({"0-text": "Hej", "macro_version": ""}, 400),
        ({"0-text": "Hej", "key": ""}, 400),
        ({"0-text": "Hej", "steps": "²"}, 400),
        ({"0-text": "Hej", "steps": "-3"}, 422),
        ({"0-text": "Hej", "steps": "2"}, 422),
        ({"0-text": "Hej", "1-text": "Hej"}, 422),
        ({"0-text": "Hej", "²-text": "Hej"}, 422),
        ({"0-text": "Hej", "0-more": "x"}, 422),
        ({"0-text": " "}, 422),
        ({}, 422),
    ],
)
def test_nonsense_carries_out_nothing(erik, case, inputs, status):
    page = erik.send(case, a_macro(erik.service, "Notera", NOTE), **inputs)

    assert page.status_code == status
    assert "<h1>" in page.text
    assert erik.now(case).sequence == case.sequence


@pytest.mark.parametrize(
    ("eservice", "action", "field"),
    [
        ("felanmalan", "Svara", "Förklaring"),
        ("bygglov", "Besluta", "Skäl"),
        (None, "Besluta eller svara", "Skäl eller förklaring"),
    ],
)
def test_a_macro_has_the_words_of_its_e_service(anna, service, eservice, action, field):
    decide = ("decide", {"outcome": {"bygglov": "beviljat"}.get(eservice, "atgardat"), "reasons": {"sv": "Skäl."}})
    macro = a_macro(service, f"Avgör i {eservice}", ("claim", {}), decide, eservice=eservice)

    listed, editor = anna.get("/desk/macros").text, anna.get(f"/desk/macros/{macro.id}").text

    row = listed.split(macro.name)[1].split("</tr>")[0]
    assert f">Ta ärendet → {action}<" in row
    assert f"2. {action}</legend>" in editor
    assert f'<option value="decide">{action}</option>' in editor
    assert f"{field}, på svenska" in editor
    assert ("Föredragande" in editor) == (action != "Svara")
    assert f"<li>{action}<" in editor


def test_the_versions_have_names_where_codes_are_kept(anna, service):
    macro = a_macro(
        service,
        "Avgör och flytta",
        ("assign", {"officer_subject": "erik.eriksson"}),
        ("set_priority", {"priority": "urgent", "reason": {"sv": "Bråttom."}}),
        ("decide", {"outcome": "atgardat", "reasons": {"sv": "Lampan är bytt."}}),
    )
    with service.store.sessions.begin() as session:
        moved = {"action": MOVE[0], "values": MOVE[1]}
        kept = session.get_one(MacroVersion, (macro.id, 1)).content
        gone = {"action": "assign", "values": {"officer_subject": "19121212-1212"}}
        session.get_one(MacroVersion, (macro.id, 1)).content = {**kept, "steps": [gone, moved, *kept["steps"]]}

    page = anna.get(f"/desk/macros/{macro.id}").text.split("<h2>Versioner</h2>")[1]
    english = anna.get(f"/desk/macros/{macro.id}", headers={"Accept-Language": "en"}).text.split("<h2>Versions</h2>")[1]

    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    for each in (
        "Kö: Alla · E-tjänst: Gör en felanmälan",
        "Handläggare: Erik Eriksson",
        "Utfall: Åtgärdat",
        "Prioritet: brådskande",
        "Kö: Bygglov",
        "Handläggare: en handläggare som inte finns i förteckningen",
    ):
        assert each in shown, each
    assert "Queue: Building permits" in english
    assert "19121212" not in page


def test_all_that_is_wrong_with_a_macro_is_shown_at_once(anna):
    sent = {"step-0-action": "add_tag", "step-1-action": "put_on_hold", "step-1-until_day": "många"}
    key = {"csrf_token": token_in(anna.get("/desk/macros/new").text), "key": KEY}

    page = anna.post("/desk/macros/new", data={**key, **sent, "eservice": "felanmalan"})

    summary = page.text.split('class="error-summary"')[1].split("</div>")[0]
    assert page.status_code == 422
    assert re.findall('href="#([^"]+)"', summary) == ["name", "step-0-tag", "step-1-until_day", "step-1-reason-sv"]
    assert "Skriv ett namn." in summary
    assert not anna.get("/desk/macros").text.count("Sätt en tagg → Lägg vilande")


def test_from_a_macro_that_is_removed_one_comes_to_the_case_and_to_the_others(erik, anna, case):
    macro = a_macro(erik.service, "Tas bort", NOTE)
    at = f"/desk/cases/{case.id}/macros/{macro.id}"
    key = token_in(anna.get(at).text)
    anna.post(f"/desk/macros/{macro.id}/removal", data={"csrf_token": key, "version": "1"})
    to_case, to_all = f'<a href="/desk/cases/{case.id}">', '<p><a href="/desk/macros">'

    eriks = erik.send(case, macro, key=case.id.hex, **{"0-text": "Ringde."})
    annas, editor = anna.get(at), anna.get(f"/desk/macros/{macro.id}")

    assert [each.status_code for each in (eriks, annas, editor)] == [404, 404, 404]
    assert [to_case in each.text for each in (eriks, annas, editor)] == [True, True, False]
    assert [to_all in each.text for each in (eriks, annas, editor)] == [False, True, True]
    assert "Ringde.</textarea>" in eriks.text
