"""The handbook lists every key of a definition, as the code has them."""

import re

import pytest

from services.intake.eservices.schema import (
    AgreementSchema,
    DeadlineSchema,
    DestroyAfterSchema,
    EServiceSchema,
    OutcomeSchema,
    PageSchema,
    RepeatSchema,
    RetentionSchema,
    SearchWordsSchema,
    SectionSchema,
    SubmitterSchema,
    TextBlockSchema,
)
from shared.swedish.law import AppealAuthority, LegalRegime, Registration
from tests.house.reading import text

HANDBOOK = text("docs/adding-an-eservice.md")


def section(heading):
    """What is below a heading, until the next."""
    return HANDBOOK.partition(f"\n### {heading}\n")[2].partition("\n##")[0]


def rows(heading, columns):
    """The tables below a heading that have so many columns: each row's cells."""
    lines = re.findall(r"^\| (`.*) \|$", section(heading), re.MULTILINE)
    return [cells for cells in (line.split(" | ") for line in lines) if len(cells) == columns]


def named(cell):
    """The names in backquotes."""
    return set(re.findall(r"`([^`]+)`", cell))


def keys_of(schema):
    return {field.data_key or name for name, field in schema().fields.items()}


def meaning(heading, key):
    [cell] = [meaning for keys, meaning in rows(heading, 2) if key in named(keys)]
    return named(cell)


def test_every_key_of_a_definition_is_listed():
    assert set().union(*(named(keys) for keys, _ in rows("Keys of the file", 2))) == keys_of(EServiceSchema)


@pytest.mark.parametrize(
    ("heading", "key", "names"),
    [
        ("Keys of the file", "legal_regime", set(LegalRegime)),
        ("Keys of the file", "registration", set(Registration)),
        ("Keys of the file", "appeal", set(AppealAuthority)),
        ("Keys of the file", "deadline", keys_of(DeadlineSchema)),
        ("Keys of the file", "outcomes", keys_of(OutcomeSchema)),
        ("Keys of the file", "retention", keys_of(RetentionSchema) | keys_of(DestroyAfterSchema)),
        ("Keys of the file", "search_words", keys_of(SearchWordsSchema)),
        ("Keys of the file", "pages", keys_of(PageSchema)),
        ("Keys of the file", "agreements", keys_of(AgreementSchema)),
        ("Pages and sections", "sections", keys_of(SectionSchema)),
        ("Pages and sections", "repeat", keys_of(RepeatSchema)),
        ("Pages and sections", "fields", keys_of(TextBlockSchema)),
        ("Keys of the file", "submitter", keys_of(SubmitterSchema)),
    ],
)
def test_the_values_of_a_key_are_listed(heading, key, names):
    assert names <= meaning(heading, key)
