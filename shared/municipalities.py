"""The municipalities of an installation: `municipalities/<slug>/municipality.yaml`, with its map beside it.

The map is `border.geojson`, where the municipality is, and `areas.geojson`, the parts of it that conditions name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from shared import yaml_files
from shared.borders import Border, read_border, read_geojson
from shared.conditions.areas import Area, Position, read_areas
from shared.file_schema import FileSchema, OneOf
from shared.i18n.formats import localized
from shared.i18n.translations import DEFAULT
from shared.live import Live, Reading
from shared.settings import BadSetting
from shared.validation import described
from shared.yaml_files import FileError

LANGUAGES = ("sv", "en")
# Room is left before the @ for a plus sign and the token of a case: 64 characters in all (RFC 5321, 4.5.3.1.1).
_REPLY_ADDRESS = r"^[a-z0-9][a-z0-9._-]{0,19}@(?:[a-z0-9-]+\.)+[a-z0-9-]+$"


@dataclass(frozen=True)
class Contact:
    """How citizens reach the municipality."""

    email: str
    phone: str
    web: str


@dataclass(frozen=True)
class Municipality:
    """A tenant: SCB's four-digit code, the slug in addresses, its name by language, and how it looks.

    `eservices_withheld` are the codes of e-services that it does not offer, though others do. `border` is where it is,
    None where no file has it. `areas` are those that conditions may name, by code. `reply_address` is where answers to
    mail about cases come in; None: they are no concern of this installation.
    """

    code: str
    slug: str
    name: Mapping[str, str]
    languages: tuple[str, ...]
    colour: str
    contact: Contact
    eservices_withheld: tuple[str, ...] = ()
    border: Border | None = None
    areas: Mapping[str, Area] = field(default_factory=dict)
    reply_address: str | None = None

    def called(self, language: str) -> str:
        """Its name in the language, else in Swedish."""
        return localized(self.name, language)

    def lacks(self, position: Position) -> bool:
        """Whether the position is known to lie outside of it."""
        return self.border is not None and not self.border.holds(position)


def load(folder: Path) -> dict[str, Municipality]:
    """Every municipality of the folder by its slug.

    Raises BadSetting with one line: the first error with its file and line, and how many more there are.
    """
    known, errors = read(folder)
    if errors:
        raise BadSetting(yaml_files.summary(errors))
    if not known:
        raise BadSetting(f"{folder}: there is no <slug>/municipality.yaml in it")
    return known


def read(folder: Path) -> tuple[dict[str, Municipality], list[FileError]]:
    """The good municipalities of the folder by slug, and the errors of the others."""
    known: dict[str, Municipality] = {}
    loose = sorted(file for file in folder.iterdir() if file.suffix in (".yaml", ".yml"))
    errors = [FileError(file, 1, "is not read: put it in the municipality's folder") for file in loose]
    for inside in sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")):
        errors += [FileError(file, 1, "is not read: call it .yaml") for file in sorted(inside.glob("*.yml"))]
        municipality, found = _read(inside / "municipality.yaml", known.values())
        errors += found
        if municipality:
            known[inside.name] = municipality
    return known, errors


def live(service: str, folder: Path) -> Live[Mapping[str, Municipality]]:
    """Every municipality of the folder by its slug, as the folder is now. BadSetting for a bad file at the start."""
    return Live(service, [folder], partial(reading, folder))


def reading(folder: Path, last: Mapping[str, Municipality] | None) -> Reading[Mapping[str, Municipality]]:
    """The municipalities of the folder; where a file is bad, the one that was there before.

    Raises BadSetting for a bad file where there is none before, and for a folder that has no municipality any more.
    """
    if last is None:
        return Reading(load(folder))
    known, errors = read(folder)
    if not known and not errors:
        raise BadSetting(f"{folder}: there is no <slug>/municipality.yaml in it")
    bad = {error.file.parent.name for error in errors}
    kept = {slug: each for slug, each in last.items() if slug in bad}
    taken = {each.code for each in kept.values()}
    good = {slug: each for slug, each in known.items() if slug not in bad and each.code not in taken}
    return Reading(dict(sorted({**good, **kept}.items())), errors)


def _read(file: Path, others: Collection[Municipality]) -> tuple[Municipality | None, list[FileError]]:
    if not file.exists():
        return None, [FileError(file, 1, "is missing: the folder is no municipality without it")]
    try:
        document = yaml_files.read(file)
        municipality: Municipality = _SCHEMA.load(document.content)
    except FileError as error:
        return None, [error]
    except ValidationError as error:
        return None, document.errors(error.messages)
    errors = document.repeated_keys()
    if municipality.slug != file.parent.name:
        errors.append(document.error(["slug"], f"the slug is {municipality.slug}, but the folder {file.parent.name}"))
    if municipality.code in {each.code for each in others}:
        errors.append(document.error(["code"], f"two municipalities have the code {municipality.code}"))
    if municipality.reply_address and municipality.reply_address in {each.reply_address for each in others}:
        errors.append(document.error(["reply_address"], "two municipalities have this reply address"))
    try:
        border = read_geojson(file.with_name("border.geojson"), read_border)
        areas = read_geojson(file.with_name("areas.geojson"), read_areas) or {}
    except FileError as error:
        return municipality, [*errors, error]
    return replace(municipality, border=border, areas=areas), errors


def _has_swedish(names: Mapping[str, str]) -> None:
    if DEFAULT not in names:
        raise ValidationError("there is no name in sv")


class ContactSchema(FileSchema):
    """How citizens reach the municipality."""

    email = fields.Email(required=True)
    phone = fields.Str(required=True)
    web = fields.Url(required=True)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Contact:
        """As a dataclass."""
        return Contact(**data)


class MunicipalitySchema(FileSchema):
    """A municipality of the installation."""

    code = fields.Str(
        required=True, validate=validate.Regexp(r"^[0-9]{4}$"), metadata=described("SCB's four digits, in quotes.")
    )
    slug = fields.Str(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9-]{1,40}$"),
        metadata=described("Its name in addresses, which is the name of the folder."),
    )
    name = fields.Dict(
        keys=fields.Str(validate=OneOf(LANGUAGES)),
        values=fields.Str(),
        required=True,
        validate=_has_swedish,
        metadata={**described("Its name by language."), "required": [DEFAULT]},
    )
    languages = fields.List(
        fields.Str(validate=OneOf(LANGUAGES)),
        required=True,
        validate=validate.Length(min=1),
        metadata=described("The languages of its pages."),
    )
    colour = fields.Str(
        required=True,
        validate=validate.Regexp(r"^#[0-9a-f]{6}$"),
        metadata=described('The colour of its pages, as "#1f5c3a".'),
    )
    contact = fields.Nested(ContactSchema, required=True)
    eservices_withheld = fields.List(
        fields.Str(),
        load_default=list,
        metadata=described("The codes of e-services that it does not offer, though others do."),
    )
    reply_address = fields.Str(
        load_default=None,
        validate=validate.Regexp(
            _REPLY_ADDRESS,
            error="must be an address in small letters, of at most 20 before its @, in a domain in ASCII",
        ),
        metadata=described(
            "Where answers to mail about cases come in, as svar@post.kommun.example; "
            "mail to it, with or without +TOKEN before the @, is to be handed to notify over LMTP."
        ),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Municipality:
        """As a dataclass."""
        return Municipality(**data | {name: tuple(data[name]) for name in ("languages", "eservices_withheld")})


_SCHEMA = MunicipalitySchema()
