"""Casework as data: `municipalities/<slug>/casework.yaml` (docs/adding-an-eservice.md)."""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.routing.organisation.organisation import AUTHORITIES, Board, Organisation, Queue
from services.routing.rules.rules import OPERATORS, Condition, Rule
from shared import municipalities
from shared.events.routing import Authority
from shared.municipalities import LANGUAGES
from shared.settings import BadSetting


def load(folder: Path) -> dict[str, Organisation]:
    """Every municipality's casework by its code. BadSetting with one line that names the file and the fault."""
    return {
        each.code: _read(folder / each.slug / "casework.yaml", each.code)
        for each in municipalities.load(folder).values()
    }


def _read(path: Path, municipality: str) -> Organisation:
    try:
        read = yaml.safe_load(path.read_bytes())
        return _organisation(_SCHEMA.load(read), municipality)
    except OSError as fault:
        raise BadSetting(f"{path}: cannot be read") from fault
    except yaml.YAMLError as fault:
        raise BadSetting(f"{path}: {' '.join(str(fault).split())}") from fault
    except ValidationError as fault:
        raise BadSetting(f"{path}: {fault.messages}") from fault


def _organisation(read: Mapping[str, Any], municipality: str) -> Organisation:
    organisation = Organisation(
        municipality=municipality,
        boards={board.code: board for board in read["boards"]},
        queues={queue.code: queue for queue in read["queues"]},
        registrar_queue=read["registrar_queue"],
        rules=tuple(read["rules"]),
        appeals=read["appeals"],
    )
    _check_told_once("boards", "code", [board.code for board in read["boards"]])
    _check_told_once("queues", "code", [queue.code for queue in read["queues"]])
    _check_told_once("rules", "name", [rule.name for rule in read["rules"]])
    _check_references(organisation)
    return organisation


def _check_told_once(what: str, by: str, told: list[str]) -> None:
    for each in told:
        if told.count(each) > 1:
            raise ValidationError({what: [f"two of them have the {by} {each}"]})


def _check_references(organisation: Organisation) -> None:
    for queue in organisation.queues.values():
        if queue.board not in organisation.boards:
            raise ValidationError({"queues": [f"{queue.code}: there is no board {queue.board}"]})
    if organisation.registrar_queue not in organisation.queues:
        raise ValidationError({"registrar_queue": [f"there is no queue {organisation.registrar_queue}"]})
    for rule in organisation.rules:
        if rule.queue not in organisation.queues:
            raise ValidationError({"rules": [f"{rule.name}: there is no queue {rule.queue}"]})


def _check_pattern(pattern: str) -> None:
    """Only board, year and number, all three of them: else two boards could have the same number."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(pattern) if name is not None]
        pattern.format(board="TN", year=2026, number=1)
    except (ValueError, LookupError, AttributeError) as fault:
        raise ValidationError("is not a pattern as {board} {year}-{number:05d}") from fault
    if sorted(named) != ["board", "number", "year"]:
        raise ValidationError("must hold {board}, {year} and {number}, once each")


def _check_operand(operator: str, value: Any) -> None:
    """A list of plain values for one_of, a number to compare sizes with, else one plain value."""
    if operator == "one_of":
        if not isinstance(value, list) or not all(isinstance(one, str | bool | int | float) for one in value):
            raise ValidationError({"value": ["one_of needs a list of texts, numbers or truth values"]})
    elif not isinstance(value, str | bool | int | float):
        raise ValidationError({"value": [f"{operator} needs a text, a number or a truth value"]})
    elif operator in ("at_least", "at_most") and isinstance(value, str | bool):
        raise ValidationError({"value": [f"{operator} needs a number"]})


_Code = validate.Regexp(r"^[A-Za-z][A-Za-z0-9-]{0,30}$")


def _texts() -> fields.Dict:
    def in_swedish(texts: Mapping[str, str]) -> None:
        if "sv" not in texts:
            raise ValidationError("the Swedish text (sv) is missing")

    return fields.Dict(
        keys=fields.Str(validate=validate.OneOf(LANGUAGES)), values=fields.Str(), required=True, validate=in_swedish
    )


class _BoardSchema(Schema):
    # It does not end in a digit: where the pattern puts a number right after it, T 12 and T1 2 would both be T12.
    code = fields.Str(required=True, validate=[_Code, validate.Regexp(r".*[A-Za-z]$", error="must end in a letter")])
    name = _texts()
    number_pattern = fields.Str(required=True, validate=_check_pattern)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Board:
        return Board(**data)


class _QueueSchema(Schema):
    code = fields.Str(required=True, validate=_Code)
    name = _texts()
    board = fields.Str(required=True)
    publish = fields.Bool(load_default=False)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Queue:
        return Queue(**data)


class _AuthoritySchema(Schema):
    name = _texts()
    address = fields.Str(load_default=None)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Authority:
        return Authority(**data)


class _ConditionSchema(Schema):
    fact = fields.Str(required=True)
    operator = fields.Str(required=True, validate=validate.OneOf(OPERATORS))
    value = fields.Raw(required=True)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Condition:
        _check_operand(data["operator"], data["value"])
        return Condition(**data)


class _RuleSchema(Schema):
    name = fields.Str(required=True, validate=validate.Length(min=1, max=80))
    because = _texts()
    when = fields.List(fields.Nested(_ConditionSchema), required=True, validate=validate.Length(min=1))
    queue = fields.Str(required=True)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Rule:
        return Rule(**{**data, "when": tuple(data["when"])})


class _OrganisationSchema(Schema):
    boards = fields.List(fields.Nested(_BoardSchema), required=True, validate=validate.Length(min=1))
    queues = fields.List(fields.Nested(_QueueSchema), required=True, validate=validate.Length(min=1))
    registrar_queue = fields.Str(required=True)
    rules = fields.List(fields.Nested(_RuleSchema), required=True)
    appeals = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(tuple(AUTHORITIES))),
        values=fields.Nested(_AuthoritySchema),
        load_default=dict,
    )


_SCHEMA = _OrganisationSchema()
