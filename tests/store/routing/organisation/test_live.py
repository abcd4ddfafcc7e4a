"""A worker takes up casework that changes: a new version of the rules, by which the next case is placed."""

import shutil
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from services.routing.cases.models import Case
from services.routing.rules.models import RuleSet
from services.routing.worker import loops
from shared import live
from shared.bus.consumer import EventConsumer
from tests.builders import a_submission, received
from tests.store.routing.casework import everything, settings_of


@pytest.fixture
def worker(tmp_path, store, clock, monkeypatch):
    """The loops of a worker with casework of its own, by name, and the file of Älvdalen."""
    monkeypatch.setattr(live, "SETTLE_SECONDS", 0)
    municipalities = shutil.copytree("municipalities", tmp_path / "municipalities")
    keys = (Fernet.generate_key().decode(),)
    settings = replace(settings_of(store), municipalities=municipalities, event_keys=keys)
    return {loop.name: loop for loop in loops(settings, clock=clock)}, municipalities / "alvdalen/casework.yaml"


def test_the_next_case_is_placed_by_the_new_rules(worker, store):
    loops_of, file = worker
    consumer = loops_of["routing-consumer"]
    handle(consumer, a_submission(eservice="felanmalan", facts={"category": "road"}))
    change(file, "winter]}\n    queue: gata", "winter]}\n    queue: park")

    loops_of["routing-casework"].action()
    handle(consumer, a_submission(eservice="felanmalan", facts={"category": "road"}))

    assert [case.queue for case in sorted(everything(store, Case), key=lambda case: case.number)] == ["gata", "park"]
    versions = sorted((each.municipality, each.version) for each in everything(store, RuleSet))
    assert [each for each in versions if each[0] == "2039"] == [("2039", 1), ("2039", 2)]
    assert {version for municipality, version in versions if municipality != "2039"} == {1}


def test_a_queue_that_is_published_from_now_on_is_declared_from_now_on(worker):
    loops_of, file = worker
    change(file, "en: Streets and roads}, board: TN", "en: Streets and roads}, board: TN, publish: true")

    loops_of["routing-casework"].action()

    assert sorted(loops_of["routing-consumer"].handling_queues()) == ["belysning.2039", "gata.2039"]


def test_bad_rules_place_nothing(worker, store):
    loops_of, file = worker
    change(file, "queue: gata", "queue: gta")

    loops_of["routing-casework"].action()
    handle(loops_of["routing-consumer"], a_submission(eservice="felanmalan", facts={"category": "road"}))

    assert [case.queue for case in everything(store, Case)] == ["gata"]
    assert {each.version for each in everything(store, RuleSet)} == {1}


def change(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def handle(consumer: EventConsumer, submission):
    consumer.processor.handle([received(submission)])
