"""The municipalities of an installation, read from `municipalities/<slug>/municipality.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate

from shared.settings import BadSetting

LANGUAGES = ("sv", "en")


@dataclass(frozen=True)
class Contact:
    """How citizens reach the municipality."""

    email: str
    phone: str
    web: str


@dataclass(frozen=True)
class Municipality:
    """A tenant: SCB's four-digit code, the slug in addresses, its name by language, and how it looks.

    `eservices_withheld` are the codes of e-services that it does not offer, though others do.
    """

    code: str
    slug: str
    name: Mapping[str, str]
    languages: tuple[str, ...]
    colour: str
    contact: Contact
    eservices_withheld: tuple[str, ...] = ()

    def called(self, language: str) -> str:
        """Its name in the language, else in Swedish."""
        return self.name.get(language) or self.name["sv"]


def load(folder: Path) -> dict[str, Municipality]:
    """Every municipality of the folder by its slug.

    Raises BadSetting with one line that names the file and the fault.
    """
    read = [_read(path) for path in sorted(folder.glob("*/municipality.yaml"))]
    if not read:
        raise BadSetting(f"{folder}: there is no <slug>/municipality.yaml in it")
    codes = [each.code for each in read]
    for each in read:
        if codes.count(each.code) > 1:
            raise BadSetting(f"{folder}: two municipalities have the code {each.code}")
    return {each.slug: each for each in read}


def _read(path: Path) -> Municipality:
    try:
        municipality: Municipality = _SCHEMA.load(yaml.safe_load(path.read_bytes()))
    except (yaml.YAMLError, ValueError, OSError) as fault:  # PyYAML gives a ValueError for the 45th of a month
        raise BadSetting(f"{path}: {' '.join(str(fault).split())}") from fault
    except ValidationError as fault:
        raise BadSetting(f"{path}: {'; '.join(_told(fault.messages))}") from fault
    if municipality.slug != path.parent.name:
        raise BadSetting(f"{path}: the slug is {municipality.slug}, but the folder {path.parent.name}")
    return municipality


def _told(messages: Any, place: str = "") -> Iterator[str]:
    """marshmallow's nested messages, each after the place of what it speaks of: `contact.email: Not a valid …`."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _told(inner, f"{place}.{name}".strip("."))
    else:
        yield f"{place}: {' '.join(messages)}"


def _has_swedish(names: Mapping[str, str]) -> None:
    if "sv" not in names:
        raise ValidationError("there is no name in sv")


class _ContactSchema(Schema):
    email = fields.Email(required=True)
    phone = fields.Str(required=True)
    web = fields.Url(required=True)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Contact:
        return Contact(**data)


class _MunicipalitySchema(Schema):
    code = fields.Str(required=True, validate=validate.Regexp(r"^[0-9]{4}$"))
    slug = fields.Str(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9-]{1,40}$"))
    name = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(LANGUAGES)),
        values=fields.Str(),
        required=True,
        validate=_has_swedish,
    )
    languages = fields.List(
        fields.Str(validate=validate.OneOf(LANGUAGES)), required=True, validate=validate.Length(min=1)
    )
    colour = fields.Str(required=True, validate=validate.Regexp(r"^#[0-9a-f]{6}$"))
    contact = fields.Nested(_ContactSchema, required=True)
    eservices_withheld = fields.List(fields.Str(), load_default=list)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Municipality:
        return Municipality(**data | {name: tuple(data[name]) for name in ("languages", "eservices_withheld")})


_SCHEMA = _MunicipalitySchema()
