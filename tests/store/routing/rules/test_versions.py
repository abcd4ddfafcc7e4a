"""The versions of a municipality's casework follow its content."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from services.routing.organisation import loader
from services.routing.rules.models import RuleSet
from services.routing.rules.versions import adopt
from tests.store.routing.casework import ESERVICES, MUNICIPALITIES, everything


def test_the_same_content_is_the_same_version_and_another_is_the_next(store, clock):
    read = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    changed = replace(read, rules=read.rules[1:])

    in_turn = (read, read, changed, changed, read)
    versions = [adopt(each, sessions=store.sessions, now=clock()).version for each in in_turn]

    assert versions == [1, 1, 2, 2, 3]
    assert len(everything(store, RuleSet)) == 3


def test_workers_that_start_at_once_agree_on_the_version(store, clock):
    read = loader.load(MUNICIPALITIES, ESERVICES)["2039"]

    with ThreadPoolExecutor(8) as pool:
        adopted = list(pool.map(lambda _: adopt(read, sessions=store.sessions, now=clock()), range(8)))

    assert {each.version for each in adopted} == {1}
    assert len(everything(store, RuleSet)) == 1
