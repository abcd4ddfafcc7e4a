"""Conditions of JsonLogic (jsonlogic.com), as Form.io and Open Forms have them, in our language of conditions."""

from collections.abc import Mapping
from typing import Any

from services.intake.eservices.authoring.importing.imported import Condition, ImportedForm, grouped, negated

_OPERATORS = {"==": "is", "===": "is", "!=": "is_not", "!==": "is_not",
              "<": "less", "<=": "at_most", ">": "more", ">=": "at_least"}  # fmt: skip
_TURNED = {"less": "more", "at_most": "at_least", "more": "less", "at_least": "at_most"}


def carried(form: ImportedForm, logic: Any) -> Condition | None:
    """The condition; None where our language has no such, or a question that it sees is not there before."""
    if not isinstance(logic, Mapping) or len(logic) != 1:
        return None
    [(operator, operands)] = logic.items()
    members = operands if isinstance(operands, list) else [operands]
    match operator:
        case "and" | "or":
            return grouped("all" if operator == "and" else "any", [carried(form, each) for each in members])
        case "!":
            return _negation(form, members)
        case "!!" | "var":
            return _is_there(form, logic if operator == "var" else members[0] if members else None)
        case "in" if len(members) == 2 and isinstance(members[1], list):
            return _compared(form, members[0], "one_of", members[1])
    return _comparison(form, operator, members)


def _negation(form: ImportedForm, members: list[Any]) -> Condition | None:
    inner = members[0] if len(members) == 1 else None
    key = _variable(form, inner)
    if key and not _is_truth(form, key):
        return form.compared(key, "empty", True)
    return negated(carried(form, inner))


def _is_there(form: ImportedForm, variable: Any) -> Condition | None:
    key = _variable(form, variable)
    if key and _is_truth(form, key):
        return form.compared(key, "is", True)
    return form.compared(key, "empty", False) if key else None


def _is_truth(form: ImportedForm, key: str) -> bool:
    return "." in key or form.kinds.get(key) in ("checkbox", "yes_no")


def _comparison(form: ImportedForm, operator: str, members: list[Any]) -> Condition | None:
    if operator not in _OPERATORS or len(members) != 2:
        return None
    name = _OPERATORS[operator]
    if _variable(form, members[0]):
        return _compared(form, members[0], name, members[1])
    return _compared(form, members[1], _TURNED.get(name, name), members[0])


def _compared(form: ImportedForm, variable: Any, operator: str, value: Any) -> Condition | None:
    key = _variable(form, variable)
    if key is None or isinstance(value, Mapping) or value is None:
        return None
    if value == "" and operator in ("is", "is_not"):
        return form.compared(key, "empty", operator == "is")
    if form.kinds.get(key) == "date":
        operator = {"less": "before", "more": "after"}.get(operator, operator)
    return form.compared(key, operator, value)


def _variable(form: ImportedForm, logic: Any) -> str | None:
    """The key of the question that a `var` sees: the last part of its path, or the last two of one of several boxes."""
    if not isinstance(logic, Mapping) or set(logic) != {"var"}:
        return None
    path = logic["var"][0] if isinstance(logic["var"], list) and logic["var"] else logic["var"]
    if not isinstance(path, str):
        return None
    around, _, last = path.rpartition(".")
    several = around.rpartition(".")[2]
    return f"{several}.{last}" if form.kinds.get(several) == "checkboxes" else last or None
