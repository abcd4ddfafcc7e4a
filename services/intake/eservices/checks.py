"""What one part of a definition says of another."""

import re
from collections.abc import Mapping
from string import Formatter

from marshmallow import ValidationError

from services.intake.eservices.definition import MOST_FILES, Field, SubmitterFields

WITHOUT_PERSONAL_DATA = ("select", "radio", "checkbox", "number", "date", "property")


def check_conditions(by_name: Mapping[str, Field]) -> None:
    """Each `required_if` names a checkbox that is always asked, and is of a question in words. ValidationError else."""
    for field in by_name.values():
        if field.required_if is None:
            continue
        condition = by_name.get(field.required_if)
        if condition is None or condition.type != "checkbox" or condition.required_if:
            raise ValidationError(f"{field.name}: required_if must name a checkbox that is always asked", "sections")
        if field.required or field.type in ("file", "checkbox"):
            raise ValidationError(
                f"{field.name}: what is required, a file or a checkbox has no required_if", "sections"
            )


def check_files(by_name: Mapping[str, Field]) -> None:
    """A form that is sent with all the files that it may have can be taken. ValidationError otherwise."""
    files = sum(field.max_files for field in by_name.values() if field.type == "file")
    if files > MOST_FILES:
        raise ValidationError(f"may have {files} files together, and a form {MOST_FILES} at most", "sections")


def check_submitter(submitter: SubmitterFields, identity: str, by_name: Mapping[str, Field]) -> None:
    """Who submits is told by fields that fit, required where identity is stated. ValidationError otherwise."""
    types = {"name": "text", "email": "email", "phone": "tel", "number": "identity_number"}
    for role, kind in types.items():
        field = by_name.get(getattr(submitter, role) or "")
        if getattr(submitter, role) and (field is None or field.type != kind):
            raise ValidationError({"submitter": {role: [f"must name a field of the type {kind}"]}})
        if identity == "stated" and role in ("name", "email") and (field is None or not field.required):
            raise ValidationError({"submitter": [f"with identity: stated, {role} must name a required field"]})


def check_case_title(case_title: Mapping[str, str], by_name: Mapping[str, Field]) -> None:
    """The title is made of answers that are always there and hold no personal data. ValidationError otherwise."""
    for language, template in case_title.items():
        for name in _placeholders(template):
            field = by_name.get(name)
            if field is None or not field.required or not _is_public(field):
                fault = f"{{{name}}} must be a required field that is public or cannot hold personal data"
                raise ValidationError({"case_title": {language: [fault]}})


def _placeholders(template: str) -> list[str]:
    try:
        found = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError as fault:
        raise ValidationError("braces do not match", "case_title") from fault
    if not all(re.fullmatch("[a-z0-9_]+", name) for name in found):
        raise ValidationError("only {field} may stand in braces", "case_title")
    return found


def _is_public(field: Field) -> bool:
    return field.public or field.type in WITHOUT_PERSONAL_DATA
