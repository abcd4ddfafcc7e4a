"""`arende eservice`: e-service definitions, from the first draft to a new version."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson
from marshmallow import ValidationError

from services.intake.eservices import loader
from services.intake.eservices.authoring.diff import Difference, difference
from services.intake.eservices.authoring.importing import formats
from services.intake.eservices.authoring.importing.imported import NotAForm
from services.intake.eservices.authoring.new import NewEService, decided, definition
from services.intake.eservices.authoring.remarks import Weight
from services.intake.eservices.definition import EService
from services.intake.eservices.identity import Identity
from services.intake.forms.fields import keys
from services.intake.forms.json_schema import json_schema
from services.operations import eservice_check, eservice_tests
from services.routing.organisation import loader as casework
from services.standalone import preview
from shared import municipalities as tenants
from shared.clock import utc_now
from shared.eservice_files import COMMON
from shared.swedish.law import AppealAuthority, LegalRegime, Registration
from shared.validation import unknown
from shared.yaml_files import FileError, summary

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
REGIME = click.Choice([each.value for each in LegalRegime])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

of_folder = click.option(
    "--eservices",
    "folder",
    envvar="ARENDE_ESERVICES",
    default="eservices",
    type=FOLDER,
    help="The folder of the definitions.",
)
of_municipalities = click.option(
    "--municipalities",
    envvar="ARENDE_MUNICIPALITIES",
    default="municipalities",
    type=FOLDER,
    help="The folder of those that offer them.",
)


@click.group("eservice")
def command() -> None:
    """Write, check and try e-service definitions.

    docs/adding-an-eservice.md shows how they are used together.
    """


@command.command("new", short_help="Ask a dozen questions, and write a definition that passes the check.")
@of_folder
@of_municipalities
@click.option("--place", help="`common`, or the municipality that alone has it.")
@click.option("--code", help="Lower-case letters a-z, digits and _; the name of the file.")
@click.option("--title-sv", help="Its name in Swedish.")
@click.option("--title-en", help="Its name in English.")
@click.option("--board", help="The board that handles it.")
@click.option(
    "--identity", type=click.Choice([each.value for each in Identity]), help="How sure it is who a submitter is."
)
@click.option("--legal-regime", type=REGIME, help="FL 2 §.")
@click.option("--registration", type=click.Choice([each.value for each in Registration]), help="OSL 5 kap. 1 §.")
@click.option("--deadline-weeks", type=click.IntRange(0, 520), help="How long the board has; 0 where nothing says so.")
@click.option("--appeal", type=click.Choice(["none", *(each.value for each in AppealAuthority)]), help="Appealed to.")
@click.option("--secrecy", help="The provision of OSL, or none.")
@click.option("--asks-place/--no-asks-place", default=None, help="Whether it asks for a place.")
@click.option("--asks-files/--no-asks-files", default=None, help="Whether it takes files.")
def write_new(folder: Path, municipalities: Path, **given: Any) -> None:
    """Ask a dozen questions, or take them as options, and write a definition that passes the check.

    Texts that only the author can write stand in [brackets]; the check names each of them.
    """
    organisations = casework.load(municipalities, folder)
    slugs = {each.code: each.slug for each in tenants.load(municipalities).values()}
    place = _answer(given, "place", "Which municipality alone has it", "common", ["common", *slugs.values()])
    boards = sorted(
        {code for each in organisations.values() if place in (COMMON, slugs[each.municipality]) for code in each.boards}
    )
    regime = LegalRegime(_answer(given, "legal_regime", "Which law", "forvaltningslagen", list(LegalRegime)))
    registration = _answer(given, "registration", "How are documents kept", "registreras", list(Registration))
    appealed = given["appeal"] or "none"
    if regime.has_decision and not regime.has_legality_review:
        appealed = _answer(given, "appeal", "To whom is it appealed", "none", ["none", *AppealAuthority])
    secrecy = _answer(given, "secrecy", "By which provision of OSL is it secret, or none", "none")
    new = NewEService(
        place=place,
        code=_answer(given, "code", "Code, which names the file"),
        title_sv=_answer(given, "title_sv", "Title in Swedish"),
        title_en=_answer(given, "title_en", "Title in English"),
        board=_answer(given, "board", "Which board handles it", None, boards),
        identity=Identity(_answer(given, "identity", "Identity", "stated", [each.value for each in Identity])),
        legal_regime=regime,
        registration=Registration(registration),
        deadline_weeks=_answer(given, "deadline_weeks", "Weeks that the board has, 0 if nothing says so", 0) or None,
        appeal=None if appealed == "none" else AppealAuthority(appealed),
        secrecy=None if secrecy == "none" else secrecy,
        asks_place=_answer(given, "asks_place", "Does it ask for a place", False),
        asks_files=_answer(given, "asks_files", "Does it take files", False),
    )
    file = _new_file(folder, place, new.code)
    if errors := _write(file, definition(new)):
        file.unlink()
        raise click.ClickException(errors[0].message)
    click.echo(f"{file} is written: now write its texts, and arende eservice check {file}")


def _answer(
    given: Mapping[str, Any], name: str, question: str, default: Any = None, choices: Sequence[str] | None = None
) -> Any:
    """What was given as an option, or is answered to the question. UsageError for what is none of the choices."""
    found = given[name]
    if found is None:
        kind = click.Choice([str(each) for each in choices]) if choices else None
        found = click.prompt(question, default=default, type=kind)
    if choices and found not in choices:
        raise click.UsageError(unknown(name, found, choices))
    return found


def _new_file(folder: Path, place: str, code: str) -> Path:
    """Where a new definition stands. ClickException for a code that is none, or where there is one already."""
    file = folder / place / f"{code}.yaml"
    try:
        keys.code(code)
    except ValidationError as error:
        raise click.ClickException(f"{code}: {error.messages[0]}") from error
    if file.exists():
        raise click.ClickException(f"{file} is there already")
    return file


def _write(file: Path, text: str) -> list[FileError]:
    """Write a definition, and return what is wrong in it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return loader.read(file)[1]


@command.command("import", short_help="Write a definition from a form of another system.")
@click.argument("file", type=FILE)
@click.option("--ui", type=FILE, help="The UI schema, where a JSON Schema has it in a file of its own.")
@click.option("--code", required=True, help="Lower-case letters a-z, digits and _; the name of the new file.")
@click.option("--board", required=True, help="The code of the board that handles it.")
@click.option("--legal-regime", type=REGIME, default=LegalRegime.FORVALTNINGSLAGEN.value, show_default=True)
@click.option("--place", default=COMMON, show_default=True, help="`common`, or the municipality that alone has it.")
@of_folder
@of_municipalities
def import_form(
    file: Path, folder: Path, municipalities: Path, *, ui: Path | None, code: str, place: str, **given: str
) -> None:
    """Write a definition from the form in FILE, of another system.

    Form.io (JSON) and Open Forms (its ZIP), the UK's digital form builder (JSON), and JSON Schema with a UI schema of
    JSON Forms or react-jsonschema-form. What could not be carried is listed, and stands at the head of the definition.
    """
    if place not in (places := [COMMON, *tenants.load(municipalities)]):
        raise click.UsageError(unknown("place", place, places))
    written = _new_file(folder, place, code)
    try:
        form = formats.read(file, ui)
        text = formats.definition(form, decided(code, given["board"], LegalRegime(given["legal_regime"])), file.name)
    except NotAForm as error:
        raise click.ClickException(f"{file}: {error}") from error
    errors = _write(written, text)
    for each in (*form.lost, *errors):
        click.echo(each, err=True)
    click.echo(f"{written} is written; {len(form.lost)} things could not be carried, and it has {len(errors)} errors")
    sys.exit(1 if errors else 0)


@command.command(short_help="Check definitions, and the files of those that offer them.")
@click.argument("place", envvar="ARENDE_ESERVICES", default="eservices", type=click.Path(exists=True, path_type=Path))
@of_municipalities
@click.option("--advice/--no-advice", default=True, help="Whether to say how the texts may become clearer.")
@click.option("--strict", is_flag=True, help="End with 1 for a warning too.")
def check(place: Path, municipalities: Path, advice: bool, strict: bool) -> None:
    """Check a folder of definitions, or the file of one, and the files of the municipalities that offer them.

    Prints each error, warning and piece of advice with its file and line, and ends with 1 if there is any error.
    """
    only = place if place.is_file() else None
    if only and len(place.parts) < 3:  # the folder of all is not in its path
        place = only = place.absolute()
    found = eservice_check.check(place.parent.parent if only else place, municipalities, only)
    shown = [each for each in found.remarks if advice or each.weight is Weight.WARNING]
    for line in (*found.errors, *shown):
        click.echo(line)
    counts = {weight: sum(each.weight is weight for each in found.remarks) for weight in Weight}
    warnings = f", {counts[Weight.WARNING]} warnings" if counts[Weight.WARNING] else ""
    click.echo(f"{found.good} right definitions, {len(found.errors)} errors{warnings}")
    sys.exit(1 if found.errors or not found.good or (strict and warnings) else 0)


@command.command("test", short_help="Try what authors expect of their definitions.")
@click.argument("code", required=False)
@of_folder
@of_municipalities
def run_tests(code: str | None, folder: Path, municipalities: Path) -> None:
    """Run what authors expect of their definitions, of all or of the e-service CODE.

    The expectations are in <place>/tests/<code>.yaml. Prints each that does not come out so, with its line, and ends
    with 1 if there is any.
    """
    found = eservice_tests.run(folder, municipalities, utc_now, code)
    if not found.tried and not found.failures:
        raise click.ClickException(f"there is no {code or '<code>'}.yaml in {folder / COMMON / 'tests'}, or the like")
    for failure in found.failures:
        click.echo(failure)
    click.echo(f"{found.tried} tests, {len(found.failures)} failures")
    sys.exit(1 if found.failures else 0)


@command.command("diff", short_help="Show what a new version changes for those who have begun.")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def show_difference(old: Path, new: Path) -> None:
    """Show what the definition NEW changes for those who have begun to answer OLD.

    Lines with ! are those where answers that were good may be lost, or are no longer taken. Ends with 1 where `version`
    must be raised. Of the last version that git has: git show HEAD:eservices/common/X.yaml > /tmp/X.yaml
    """
    found = difference(_definition(old), _definition(new))
    for change in found.changes:
        click.echo(change)
    click.echo(_about_version(found))
    sys.exit(1 if found.needs_new_version else 0)


def _about_version(found: Difference) -> str:
    old, new = found.old_version, found.new_version
    if found.needs_new_version:
        return f"version must be raised: it is {new}, and was {old}"
    return f"version is raised from {old} to {new}" if new > old else f"version may stay {new}"


def _definition(file: Path) -> EService:
    """The definition in a file. ClickException where it has errors."""
    eservice, errors = loader.read(file)
    if errors or eservice is None:
        raise click.ClickException(summary(errors))
    return eservice


@command.command("export", short_help="Write what a submission may hold, as JSON Schema.")
@click.argument("file", type=FILE)
def export(file: Path) -> None:
    """Write what a submission to the e-service in FILE may hold, as JSON Schema (draft 2020-12).

    The API has the same at /intake/api/v1/municipalities/<slug>/e-services/<code>/json-schema.
    """
    definitions = loader.load(file.parent.parent)
    place, code = file.parent.name, _definition(file).code
    filled = definitions.of(place).get(code)
    if filled is None:
        raise click.ClickException(definitions.unusable(place)[code])
    click.echo(orjson.dumps(json_schema(filled, f"urn:arende:{code}"), option=orjson.OPT_INDENT_2))


@command.command("preview", short_help="Show the e-service in a browser while it is being written.")
@click.argument("file", type=FILE)
@of_municipalities
@click.option("--municipality", help="The slug of the one whose page it is; else the first that offers it.")
@click.option("--port", type=click.IntRange(1, 65535), default=8010, show_default=True)
def show_preview(file: Path, municipalities: Path, municipality: str | None, port: int) -> None:
    """Serve the definition in FILE alone, until Ctrl-C. Pages load anew when the file is saved.

    What is sent in goes to a store that is deleted at the end.
    """
    with preview.preview(file.resolve(), municipalities, port=port, slug=municipality) as app:
        click.echo(f"http://127.0.0.1:{port}/ has {file} for {app.slug}, until Ctrl-C")
        try:
            preview.serve(app, port)
        except KeyboardInterrupt:
            click.echo()
