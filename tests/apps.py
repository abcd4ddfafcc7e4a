"""What each app that tests make would read and compile anew, though one before it in the same process has done so.

The same text gives the same definition, casework or template each time: it is kept with what it was made of.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from services.intake.eservices import data_files
from services.intake.eservices import loader as definitions
from services.routing.organisation import eservices
from services.routing.organisation import loader as casework
from shared.municipalities import Municipality


def read_and_compile_once() -> None:
    """Have all apps that are made from now on share what is good: what has errors is read each time."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _CompiledTemplates()}
    definitions.read = _kept(definitions.read, lambda read: not read[1], _of_definition)
    data_files.read = _kept(data_files.read, lambda read: not read[1], lambda file, _: [_text(file)])
    eservices._read = _kept(eservices._read, lambda read: read is not None, lambda file: [_text(file), file.stem])
    casework._read = _kept(casework._read, lambda read: not read[1], _of_casework)


class _CompiledTemplates(BytecodeCache):
    """The code of every template that an app of this process has compiled, as long as its source is the same."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code, if there is any."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        assert bucket.code
        self._code[bucket.key, bucket.checksum] = bucket.code


def _kept(
    read: Callable[..., Any], is_good: Callable[[Any], bool], made_of: Callable[..., Sequence[Any]]
) -> Callable[..., Any]:
    """The function, which keeps what is good by what it is made of: a text first, which is rarely the same."""
    known: dict[bytes, list[tuple[Sequence[Any], Any]]] = {}

    def reading(*given: Any) -> Any:
        try:
            text, *others = made_of(*given)
        except OSError:
            return read(*given)
        alike = known.setdefault(text, [])
        if (kept := next((value for made, value in alike if made == others), None)) is not None:
            return kept
        value = read(*given)
        if is_good(value):
            alike.append((others, value))
        return value

    return reading


def _of_definition(file: Path, vocabulary: object = None) -> Sequence[Any]:
    return [_text(file), file.stem, vocabulary]


def _of_casework(folder: Path, municipality: Municipality, offered: Mapping[str, object]) -> Sequence[Any]:
    areas = folder / "areas.geojson"
    of_each_reading = object() if None in offered.values() else None  # the rules that are not checked are logged anew
    return [_text(folder / "casework.yaml"), municipality, offered, areas.exists() and _text(areas), of_each_reading]


def _text(file: Path) -> bytes:
    return file.read_bytes()
