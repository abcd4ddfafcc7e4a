"""Data files of the municipalities: price lists and long lists of options, and the definitions that use them.

`<folder>/<place>/data/<name>.yaml` has `rows`, mappings from columns to values. As with definitions, a municipality's
own file takes the place of the common one of the same name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.intake.eservices.definition import EService, Page, Section
from services.intake.forms.fields import keys
from services.intake.forms.fields.choice import Option, OptionsField, OptionsFrom
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.field import Field
from services.intake.forms.formulas import Row
from shared import yaml_files
from shared.conditions.condition import Condition, Group, Grouping
from shared.conditions.kinds import Kind, is_number, kind_of
from shared.eservice_files import COMMON
from shared.file_schema import FileSchema
from shared.validation import described, unknown
from shared.yaml_files import FileError

Tables = Mapping[str, Sequence[Row]]

MOST_ROWS = 20_000


class BadTable(Exception):
    """A definition uses a table that is not there, or lacks what it is used for."""


class Cell(fields.Field[Any]):
    """A text, a number, a truth value, or a text in both languages."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        if isinstance(value, Mapping):
            return keys.TextSchema().load(value)
        if kind_of(value) not in (Kind.TEXT, Kind.NUMBER, Kind.TRUTH):
            raise ValidationError("must be a text, a number, true or false, or a text in both languages")
        return value


class TableSchema(FileSchema):
    """A table: a price list, or the options of a long list."""

    rows = fields.List(
        fields.Dict(keys=fields.Str(), values=Cell()),
        required=True,
        validate=validate.Length(min=1, max=MOST_ROWS),
        metadata=described("Mappings from the names of columns to values."),
    )


_SCHEMA = TableSchema()


def read(file: Path, _: object = None) -> tuple[Sequence[Row] | None, list[FileError]]:
    """The rows of a table's file, or its errors."""
    try:
        document = yaml_files.read(file)
        return tuple(_SCHEMA.load(document.content)["rows"]), []
    except FileError as error:
        return None, [error]
    except ValidationError as error:
        return None, document.errors(error.messages)


def of(by_place: Mapping[str, Tables], slug: str) -> Tables:
    """The tables of a municipality."""
    return {**by_place.get(COMMON, {}), **by_place.get(slug, {})}


def with_tables(eservice: EService, tables: Tables) -> EService:
    """The definition with the rows and the options of the tables that it uses. Raises BadTable."""
    pages = tuple(_page(page, tables) for page in eservice.pages)
    return eservice if pages == eservice.pages else replace(eservice, pages=pages)


def _page(page: Page, tables: Tables) -> Page:
    sections = tuple(_section(section, tables) for section in page.sections)
    return page if sections == page.sections else replace(page, sections=sections)


def _section(section: Section, tables: Tables) -> Section:
    content = tuple(_filled(each, tables) if isinstance(each, Field) else each for each in section.content)
    return section if content == section.content else replace(section, content=content)


def _filled(field: Field, tables: Tables) -> Field:
    if isinstance(field, OptionsField) and field.options_from:
        return replace(field, options=tuple(_options(field, field.options_from, tables)))
    if isinstance(field, ComputedField) and (lookup := field.formula.lookup):
        rows = _rows(field, lookup.table, tables, [lookup.value, *lookup.where, *lookup.up_to])
        if not all(is_number(row[column]) for row in rows for column in [lookup.value, *lookup.up_to]):
            raise BadTable(f"{field.name}: {lookup.value} of the table {lookup.table} must be numbers")
        return replace(field, formula=field.formula.with_rows(rows))
    return field


def _options(field: OptionsField, source: OptionsFrom, tables: Tables) -> Iterator[Option]:
    for row in _rows(field, source.table, tables, ["code", "label", *source.where]):
        label = row["label"] if isinstance(row["label"], Mapping) else {"sv": row["label"], "en": row["label"]}
        needed = tuple(Condition(fact, "is", row[column]) for column, fact in source.where.items())
        yield Option(str(row["code"]), label, Group(Grouping.ALL, needed) if needed else None)


def _rows(field: Field, table: str, tables: Tables, columns: Sequence[str]) -> Sequence[Row]:
    if table not in tables:
        raise BadTable(f"{field.name}: {unknown('table', table, tables)}")
    rows = tables[table]
    for number, row in enumerate(rows, start=1):
        for column in columns:
            if column not in row:
                raise BadTable(f"{field.name}: row {number} of the table {table} lacks {column}")
    return rows
