"""A definition whose pages, names, conditions and formulas do not fit together is refused, at the fault's place."""

from copy import deepcopy

import pytest

from services.intake.eservices.data_files import BadTable, with_tables
from services.intake.eservices.schema import EServiceSchema
from shared.validation import flattened
from tests.unit.intake.forms.support_form import DEFINITION, PAGES, TABLES, errors_of, is_, question


def with_question(page, definition):
    """The pages with one question more at the end of the first section of a page."""
    pages = deepcopy(PAGES)
    pages[page]["sections"][0]["fields"].append(definition)
    return pages


def messages(pages):
    return {".".join(map(str, path)): message for path, message in flattened(errors_of(pages=pages))}


def test_a_good_definition_has_no_errors():
    assert errors_of() == {}


@pytest.mark.parametrize(
    ("page", "added", "message"),
    [
        (0, question("a", show_if=is_("rent", 1)), "there is no fact rent"),
        (0, question("a", show_if=is_("a", "x")), "there is no fact a"),
        (0, question("a", show_if=is_("household", "triple")), "there is no option of household triple"),
        (3, question("a", show_if=is_("child", "x")), "there is no fact child"),
        (3, question("a", show_if={"fact": "cost", "operator": "more", "value": 1}), "which more cannot compare"),
        (3, question("a", show_if=is_("rent", {"fact": "ends"})), "cannot compare them"),
        (3, question("a", show_if={**is_("rent", {"fact": "ends"}), "operator": "one_of"}), "two facts: use is"),
        (3, question("a", show_if=is_("rent", {"fact": "nothing"})), "no fact nothing"),
        (3, question("a", show_if=is_("rent", {"other": "ends"})), "must be {fact:"),
        (3, question("a", "computed", formula={"sum": ["begins"]}), "begins is a date"),
        (3, question("a", "computed", formula={"sum": ["nothing"]}), "there is no question nothing"),
        (3, question("a", "computed", formula={"count": "rent"}), "rent is a number"),
        (3, question("a", "computed", formula={"days_between": ["begins"]}), "Length must be 2"),
        (3, question("a", "computed", formula={}), "must have one of sum, product"),
        (3, question("a", "computed", formula={"sum": [True]}), "must be the name of a question, or a number"),
        (3, question("child"), "two fields have the same name, child"),
        (3, question("children"), "two fields have the same name, children"),
        (3, {"type": "details", "text": {"sv": "x", "en": "x"}}, "is for details, which must have it"),
        (3, {"type": "text", "text": {"sv": "x", "en": "x"}, "name": "a"}, "label"),
    ],
)  # fmt: skip
def test_an_error_names_what_is_wrong(page, added, message):
    found = messages(with_question(page, added))

    assert any(message in each or message in path for path, each in found.items()), found
    assert all(path.startswith(f"pages.{page}.sections.0") for path in found)


def test_an_agreement_names_questions_that_there_are():
    bad = {"require": is_("nothing", 1), "at": "nobody", "message": {"sv": "x", "en": "x"}}

    assert [path for path, _ in flattened(errors_of(agreements=[bad]))] == [
        ("agreements", 0, "require", "fact"),
        ("agreements", 0, "at"),
    ]


def test_a_form_has_a_page_with_questions():
    [message] = messages([PAGES[1]]).values()

    assert message == "must have a page with questions"


@pytest.mark.parametrize(
    ("table", "rows", "message"),
    [
        ("schools", None, "school: there is no table schools"),
        ("schools", [{"code": "hill", "label": "Hill"}], "school: row 1 of the table schools lacks area"),
        ("fees", [{"area": "north", "rent_up_to": "much", "fee": 1}], "fee: fee of the table fees must be numbers"),
    ],
)
def test_a_table_has_what_it_is_used_for(table, rows, message):
    tables = {**TABLES, table: rows} if rows else {name: each for name, each in TABLES.items() if name != table}

    with pytest.raises(BadTable, match=message):
        with_tables(EServiceSchema().load(DEFINITION), tables)
