"""Whether the parts of a definition agree with each other."""

import re
from collections.abc import Collection, Mapping, Sequence
from string import Formatter
from typing import Any

from marshmallow import ValidationError

from services.intake.eservices.definition import MOST_FILES, Page, SubmitterFields
from services.intake.eservices.identity import Identity
from services.intake.eservices.opening import opens_before_it_closes
from services.intake.forms.fields.email import EmailField
from services.intake.forms.fields.field import Field
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.identity_number import IdentityNumberField
from services.intake.forms.fields.tel import TelField
from services.intake.forms.fields.text import TextField
from shared.events.intake import Retention
from shared.validation import unknown

_SUBMITTER_TYPES: Mapping[str, type[Field]] = {
    "name": TextField,
    "email": EmailField,
    "phone": TelField,
    "number": IdentityNumberField,
}


def check_files(pages: Sequence[Page]) -> None:
    """A form with as many files, or as large ones, as its questions allow can be taken. ValidationError otherwise."""
    asked = [
        (field, section.repeat.most if section.repeat else 1)
        for page in pages
        for section in page.sections
        for field in section.fields
        if isinstance(field, FileField)
    ]
    if (files := sum(field.max_files * times for field, times in asked)) > MOST_FILES:
        raise ValidationError(f"may have {files} files together, and a form {MOST_FILES} at most", "pages")
    for field, _ in asked:
        if field.max_megabytes > field.max_megabytes_in_all:
            raise ValidationError(f"{field.name}: max_megabytes is more than max_megabytes_in_all", "pages")


def check_submitter(
    submitter: SubmitterFields, identity: Identity, by_name: Mapping[str, Field], always: Collection[str]
) -> None:
    """The submitter's fields are of types that fit, and required where they are to be named. Raises ValidationError."""
    for role, kind in _SUBMITTER_TYPES.items():
        field = by_name.get(getattr(submitter, role) or "")
        if getattr(submitter, role) and not isinstance(field, kind):
            raise ValidationError({"submitter": {role: [f"must name a field of the type {kind.type}"]}})
        if identity.names_submitter and role in ("name", "email") and not _is_answered(field, always):
            raise ValidationError(
                {"submitter": [f"with identity: {identity}, {role} must name a required field that is always asked"]}
            )


def check_identity_proof(identity: Identity, proof: Mapping[str, str] | None) -> None:
    """Where an e-ID is asked for, it is written how identity is proved without it. Raises ValidationError."""
    if (identity.assurance_level is None) != (proof is None):
        raise ValidationError("is for identity: substantial and high, which must have it", "identity_proof")


def check_opening(data: Mapping[str, Any]) -> None:
    """It opens before it closes. Raises ValidationError."""
    if not opens_before_it_closes(data.get("open_from"), data.get("open_until")):
        raise ValidationError("it would close before it opens", "open_until")


def check_retention(retention: Retention | None, outcomes: Collection[str]) -> None:
    """Each outcome with a retention of its own is one of the e-service's, and stands there once. ValidationError."""
    codes = [each.outcome for each in retention.outcomes] if retention else []
    for place, code in enumerate(codes):
        message = "stands here twice" if code in codes[:place] else unknown("outcome", code, outcomes)
        if code not in outcomes or code in codes[:place]:
            raise ValidationError({"retention": {"outcomes": {place: {"outcome": [message]}}}})


def check_case_title(case_title: Mapping[str, str], by_name: Mapping[str, Field], always: Collection[str]) -> None:
    """The title is made of answers that are always there and hold no personal data. ValidationError otherwise."""
    for language, template in case_title.items():
        for name in _placeholders(template):
            field = by_name.get(name)
            if field is None or not _is_answered(field, always) or not field.is_public:
                error = (
                    f"{{{name}}} must be a required field, always asked, that is public or cannot hold personal data"
                )
                raise ValidationError({"case_title": {language: [error]}})


def _is_answered(field: Field | None, always: Collection[str]) -> bool:
    """Whether every submission has an answer to it."""
    return field is not None and field.required and field.name in always


def _placeholders(template: str) -> list[str]:
    try:
        found = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError as error:
        raise ValidationError("braces do not match", "case_title") from error
    if not all(re.fullmatch("[a-z0-9_]+", name) for name in found):
        raise ValidationError("only {field} may stand in braces", "case_title")
    return found
