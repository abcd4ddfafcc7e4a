"""Officers tag cases: these are found and filtered by it, and a board's own tags are suggested."""

from dataclasses import replace

import pytest

from services.routing.actions.add_tag import MOST_TAGS, AddedTagSchema, add_tag
from services.routing.actions.remove_tag import remove_tag
from services.routing.cases.errors import InvalidInput
from services.routing.queues.list_cases import CaseFilter, queue_cases
from services.routing.search.find import search
from services.routing.tags.board_tags import suggested
from tests.store.routing.casework import ANNA, command


def tag_of(clock, written):
    """The tag that the schema makes of what was written."""
    return AddedTagSchema(clock).load({"tag": written})["tag"]


def test_a_case_is_found_and_filtered_by_its_tag_until_it_is_removed(casework, claimed, alvdalen):
    sessions = casework.store.sessions
    casework.a_case()

    def found():
        return [each.case.id for each in search(ANNA, "sakägare", sessions=sessions).cases]

    def filtered(tag):
        page = queue_cases(ANNA, "bygglov", CaseFilter(tag=tag), alvdalen, sessions=sessions)
        return [each.case.id for each in page.cases]

    add_tag(command(claimed), "saknar-sakägare", **casework.store_and_time)
    add_tag(command(claimed), "strand", **casework.store_and_time)
    assert found() == filtered("strand") == filtered("saknar-sakägare") == [claimed.id]
    assert filtered("stran") == filtered('strand"]') == []

    remove_tag(command(claimed), "saknar-sakägare", **casework.store_and_time)
    assert casework.now(claimed).tags == ["strand"]
    assert found() == filtered("saknar-sakägare") == []


def test_a_tag_is_given_once_and_removed_once_and_there_are_not_too_many(casework, claimed):
    now = casework.store_and_time
    with pytest.raises(InvalidInput):
        remove_tag(command(claimed), "t0", **now)
    for number in range(MOST_TAGS):
        add_tag(command(claimed), f"t{number}", **now)
    for tag in ("t0", "en-till"):
        with pytest.raises(InvalidInput):
            add_tag(command(claimed), tag, **now)


def test_a_tag_is_written_in_one_way(clock):
    assert tag_of(clock, "  Saknar  Sakägare ") == "saknar-sakägare"


def test_a_board_is_suggested_the_tags_that_it_uses_and_no_other_does(casework, claimed, alvdalen):
    sessions = {"sessions": casework.store.sessions}
    add_tag(command(claimed), "strand", **casework.store_and_time)

    assert "strand" in suggested(alvdalen, "BN", protected=False, **sessions)
    assert "strand" not in suggested(alvdalen, "BN", protected=True, **sessions)
    for other in (replace(alvdalen, municipality="2409"), alvdalen):
        board = "BN" if other is not alvdalen else "TN"
        assert "strand" not in suggested(other, board, protected=False, **sessions)
    [rule, *others] = alvdalen.rules
    tagged = replace(alvdalen, rules=(replace(rule, tags=("jour",)), *others))
    assert "jour" in suggested(tagged, alvdalen.queues[rule.queue].board, protected=False, **sessions)
