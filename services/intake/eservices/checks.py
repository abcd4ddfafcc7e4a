"""Whether the parts of a definition agree with each other."""

import re
from collections.abc import Mapping
from string import Formatter

from marshmallow import ValidationError

from services.intake.eservices.definition import MOST_FILES, SubmitterFields
from services.intake.forms.fields.checkbox import CheckboxField
from services.intake.forms.fields.email import EmailField
from services.intake.forms.fields.field import Field
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.identity_number import IdentityNumberField
from services.intake.forms.fields.tel import TelField
from services.intake.forms.fields.text import TextField

_SUBMITTER_TYPES: Mapping[str, type[Field]] = {
    "name": TextField,
    "email": EmailField,
    "phone": TelField,
    "number": IdentityNumberField,
}


def check_conditions(by_name: Mapping[str, Field]) -> None:
    """Each `required_if` names a checkbox that depends on none, and its field's type takes it. Or ValidationError."""
    for field in by_name.values():
        if field.required_if is None:
            continue
        condition = by_name.get(field.required_if)
        if not isinstance(condition, CheckboxField) or condition.required_if:
            raise ValidationError(f"{field.name}: required_if must name a checkbox that depends on none", "sections")
        if field.required or not field.may_depend:
            raise ValidationError(
                f"{field.name}: what is required, a file or a checkbox has no required_if", "sections"
            )


def check_files(by_name: Mapping[str, Field]) -> None:
    """A form that is sent with all the files that it may have can be taken. ValidationError otherwise."""
    files = sum(field.max_files for field in by_name.values() if isinstance(field, FileField))
    if files > MOST_FILES:
        raise ValidationError(f"may have {files} files together, and a form {MOST_FILES} at most", "sections")


def check_submitter(submitter: SubmitterFields, identity: str, by_name: Mapping[str, Field]) -> None:
    """The submitter's fields are of types that fit, and required where identity is stated. Raises ValidationError."""
    for role, kind in _SUBMITTER_TYPES.items():
        field = by_name.get(getattr(submitter, role) or "")
        if getattr(submitter, role) and not isinstance(field, kind):
            raise ValidationError({"submitter": {role: [f"must name a field of the type {kind.type}"]}})
        if identity == "stated" and role in ("name", "email") and (field is None or not field.required):
            raise ValidationError({"submitter": [f"with identity: stated, {role} must name a required field"]})


def check_case_title(case_title: Mapping[str, str], by_name: Mapping[str, Field]) -> None:
    """The title is made of answers that are always there and hold no personal data. ValidationError otherwise."""
    for language, template in case_title.items():
        for name in _placeholders(template):
            field = by_name.get(name)
            if field is None or not field.required or not field.is_public:
                error = f"{{{name}}} must be a required field that is public or cannot hold personal data"
                raise ValidationError({"case_title": {language: [error]}})


def _placeholders(template: str) -> list[str]:
    try:
        found = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError as error:
        raise ValidationError("braces do not match", "case_title") from error
    if not all(re.fullmatch("[a-z0-9_]+", name) for name in found):
        raise ValidationError("only {field} may stand in braces", "case_title")
    return found
