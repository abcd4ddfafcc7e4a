"""Forms of other systems, in whichever of the formats that are known, as definitions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile

import orjson

from services.intake.eservices.authoring.importing import digital_form_builder, formio, json_forms
from services.intake.eservices.authoring.importing.imported import ImportedForm, NotAForm, content_of, one_line
from services.intake.eservices.authoring.written import SCHEMA_LINE, yaml_of

LARGEST = 20_000_000  # bytes

_OPEN_FORMS = ("forms.json", "formSteps.json", "formDefinitions.json", "formLogic.json")


def read(file: Path, ui_file: Path | None = None) -> ImportedForm:
    """The form in a file; `ui_file` is the UI schema of a JSON Schema. Raises NotAForm."""
    try:
        if is_zipfile(file):
            with ZipFile(file) as archive:
                names = [name for name in _OPEN_FORMS if name in archive.namelist()]
                return formio.read_open_forms({name: _json(_part(archive, name)) for name in names})
        content = _json(file.read_bytes())
    except (OSError, BadZipFile) as error:
        raise NotAForm(f"it cannot be read: {error}") from error
    return _of(content, _json(ui_file.read_bytes()) if ui_file else None)


def definition(form: ImportedForm, decided: Mapping[str, Any], source: str) -> str:
    """The definition as YAML, what could not be carried at its head. Raises NotAForm where nothing is left."""
    content = content_of(form, decided)
    head = [
        f"Imported from {one_line(source)}. Its texts stand in both languages as they were: translate them. What is in",
        "[brackets] is to be written, and board, law, registration, outcomes and deadline are to be decided.",
    ]
    lost = ["Could not be carried:", *(f"- {each}" for each in form.lost)] if form.lost else []
    comment = "".join(f"# {line}\n" for line in (*head, *lost))
    return f"{SCHEMA_LINE}{comment}{yaml_of(content)}"


def _of(content: Any, ui: Any) -> ImportedForm:
    try:
        if isinstance(content, Mapping) and "forms.json" in content:
            return formio.read_open_forms(content)
        if formio.is_formio(content):
            return formio.read(content)
        if digital_form_builder.is_digital_form_builder(content):
            return digital_form_builder.read(content)
        if json_forms.is_json_schema(content):
            return json_forms.read(content, ui)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotAForm(f"it is not as its format has it: {type(error).__name__} {one_line(error)}") from error
    raise NotAForm("it is neither a form of Form.io or Open Forms, nor of the digital form builder, nor a JSON Schema")


def _part(archive: ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST:
        raise NotAForm(f"{name} in it is larger than {LARGEST:,} bytes")
    return archive.read(name)


def _json(written: bytes) -> Any:
    if len(written) > LARGEST:
        raise NotAForm(f"it is larger than {LARGEST:,} bytes")
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError as error:
        raise NotAForm(f"line {error.lineno} is not JSON: {error.msg}") from error
