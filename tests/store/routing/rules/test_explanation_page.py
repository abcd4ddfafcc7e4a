"""How the desk shows why a case is where it is."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from flask import render_template

from services.routing.app import create_app
from services.routing.organisation.organisation import Board, Organisation, Queue
from services.routing.rules.rules import Priority, Rule
from services.routing.settings import Settings
from shared.conditions.condition import parse_list
from shared.events.intake import Deadline
from tests.stores import a_folder

NAME = {"sv": "Kö", "en": "Queue"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The text that an officer reads of an explanation, in Swedish."""
    settings = Settings(
        database_url=f"sqlite:///{tmp_path_factory.mktemp('store')}/store.sqlite",
        broker_url="memory://",
        event_keys=(),
        public_url="https://e.example.se",
        link_key="l" * 32,
        secret_key="s" * 32,
        oidc_issuer="https://id.example.se",
        oidc_client_id="desk",
        oidc_client_secret="",
        documents=a_folder(),
        municipalities=Path("municipalities"),
    )
    app = create_app(settings)

    def shown(explanation):
        with app.test_request_context("/desk/"):
            content = SimpleNamespace(explanation=orjson.loads(orjson.dumps(explanation)))  # as it is read again
            return " ".join(re.sub(r"<[^>]+>", " ", render_template("rules/explanation.html", content=content)).split())

    return shown


def condition(fact, value, operator="is"):
    return {"fact": fact, "operator": operator, "value": value}


def explained(facts, *rules, board="TN", secret=False):
    """Why a submission with these facts goes where it goes."""
    organisation = Organisation(
        municipality="2039",
        boards={"TN": Board("TN", NAME, "{board} {year}-{number}")},
        queues={code: Queue(code, NAME, "TN") for code in ("egen", "registrator")},
        registrar_queue="registrator",
        rules=rules,
        version=7,
    )
    return organisation.route(facts, board=board, secret=secret, today=date(2026, 11, 23)).explanation


def a_rule(name, *conditions, **sets):
    return Rule(name, {"sv": "det är så"}, parse_list(list(conditions)), "egen", **sets)


def test_the_rule_that_decided_is_shown_with_what_it_sets_and_what_each_condition_saw(shown):
    deadline = Deadline(5, "days", {"sv": "nämndens löfte"})
    sets = {"priority": Priority.URGENT, "tags": ("jour", "vinter"), "deadline": deadline}

    text = shown(explained({"a": 1}, a_rule("Vinter", condition("a", 1), **sets)))

    set_too = "prioritet: brådskande; taggar: jour, vinter; tidsfrist enligt: nämndens löfte"
    assert "Reglernas version 7." in text
    assert f"Vinter – avgjorde kön; {set_too}" in text
    assert "ja: a är 1 – ärendet har 1" in text


def test_what_nests_is_shown_as_it_nests(shown):
    either = {"any": [condition("b", 2), {"none": [condition("c", ["x", "y"], "one_of")]}]}

    text = shown(explained({"b": 3}, a_rule("R", either)))

    assert "ja: något av dessa: nej: b är 2 – ärendet har 3 ja: inget av dessa: nej: c är något av x, y" in text


def test_the_nearest_others_are_shown_with_why_they_did_not_decide(shown):
    text = shown(
        explained(
            {"a": 1},
            a_rule("Trasig", condition("a", "x")),
            a_rule("Först", condition("a", 1)),
            a_rule("Sedan", condition("a", 1)),
            a_rule("Annan", condition("b", 1)),
        )
    )

    assert "De andra reglerna som var närmast:" in text
    assert "Sedan – stämde också, men kom senare" in text
    assert "Annan – stämde inte nej: b är 1 – ärendet har ingen sådan uppgift" in text
    assert "nej: a är x – kunde inte prövas: a number cannot be compared with a text" in text


def test_a_board_that_is_not_there_is_named(shown):
    text = shown(explained({"a": 1}, a_rule("R", condition("a", 1)), board="SBN", secret=True))

    assert "Nämnden SBN, som e-tjänsten anger, finns inte." in text
    assert "R – stämde också ja: a är 1" in text
