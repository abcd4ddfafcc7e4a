"""What each app that tests make would read and compile anew, though one before it in the same process has done so.

The same text gives the same definition, casework or template each time: it is kept with what it was made of. So is
the SQL of a statement, which is the same for each store of a kind, and the certificates that HTTP clients trust.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

import yaml
from flask import Flask
from httpx._transports import default as transports
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from services.intake.eservices import data_files, vocabulary
from services.intake.eservices import loader as definitions
from services.intake.eservices.data_files import Tables
from services.intake.eservices.definition import EService
from services.routing.organisation import eservices
from services.routing.organisation import loader as casework
from shared import database, municipalities
from shared.eservice_files import VOCABULARY
from shared.municipalities import Municipality

# The stores of a test that runs three services kept up to forty connections open, and the server has a hundred for all.
KEPT_OPEN = {"pool_size": 2, "max_overflow": 13}


def read_and_compile_once() -> None:
    """Have all apps that are made from now on share what is good: what has errors is read each time."""
    database.create_engine = _sharing_what_is_compiled(database.create_engine)
    transports.create_ssl_context = _reading_certificates_once(transports.create_ssl_context)
    Rule._compile_builder = _kept_unless_defaults(Rule._compile_builder)
    if yaml.__with_libyaml__:
        yaml.SafeLoader, yaml.SafeDumper = yaml.CSafeLoader, yaml.CSafeDumper
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _CompiledTemplates()}
    definitions.read = _kept(definitions.read, lambda read: not read[1], _of_definition)
    definitions._filled = _kept(definitions._filled, lambda filled: isinstance(filled, EService), _of_filled)
    vocabulary.read = _kept(vocabulary.read, bool, lambda folder: [_text(_vocabulary_of(folder))])
    municipalities._read = _kept(municipalities._read, lambda read: not read[1], _of_municipality)
    data_files.read = _kept(data_files.read, lambda read: not read[1], lambda file, _: [_text(file)])
    eservices._read = _kept(eservices._read, lambda read: read is not None, lambda file: [_text(file), file.stem])
    casework._read = _kept(casework._read, lambda read: not read[1], _of_casework)


def _sharing_what_is_compiled(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """The function, whose engines share the SQL of statements: to compile it was a quarter of the time of tests."""

    def creating(*given: Any, **named: Any) -> Engine:
        engine = create(*given, **named | KEPT_OPEN if "pool_size" in named else named)
        kind = type(engine.dialect)
        engine.dialect.__class__, engine._compiled_cache, memos = _of_kind(kind)
        engine.dialect._type_memos = memos
        return engine

    return creating


@cache
def _of_kind(kind: type[Dialect]) -> tuple[type[Dialect], LRUCache[Any, Any], Any]:
    """For a kind of dialect: one whose instances are equal, as a key of what is compiled, and what they share."""
    alike = {
        "supports_statement_cache": kind.supports_statement_cache,
        "__eq__": lambda one, other: type(one) is type(other),
        "__hash__": lambda one: hash(type(one)),
    }
    return type(f"Alike{kind.__name__}", (kind,), alike), LRUCache(5_000), WeakKeyDictionary()


def _reading_certificates_once(create: Callable[..., Any]) -> Callable[..., Any]:
    """The function that makes what a client of HTTP trusts: it reads a long list, and tests make many clients."""

    @cache
    def trusted(verify: Any, cert: Any, trust_env: bool, *_named_by_environment: str | None) -> Any:
        return create(verify=verify, cert=cert, trust_env=trust_env)

    def creating(verify: Any = True, cert: Any = None, trust_env: bool = True) -> Any:
        return trusted(verify, cert, trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))

    return creating


def _kept_unless_defaults(compiling: Callable[..., Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    """The function that makes of a route what builds its addresses, which asks the route itself for its converters."""
    known: dict[Any, Callable[..., Any]] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        if rule.defaults:
            return compiling(rule, append_unknown)
        key = (rule.rule, *rule._trace, append_unknown)
        if key not in known:
            known[key] = compiling(rule, append_unknown)
        return known[key]

    return compile_builder


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


def _of_filled(eservice: EService, tables: Tables) -> Sequence[Any]:
    return [eservice.source, eservice, tables]


def _vocabulary_of(folder: Path) -> Path:
    return file if (file := folder / VOCABULARY).exists() else vocabulary.OURS


def _of_municipality(file: Path, others: Collection[Municipality]) -> Sequence[Any]:
    maps = [each.exists() and _text(each) for each in map(file.with_name, ("border.geojson", "areas.geojson"))]
    return [_text(file), file.parent.name, maps, [(each.code, each.reply_address) for each in others]]


def _of_casework(folder: Path, municipality: Municipality, offered: Mapping[str, object]) -> Sequence[Any]:
    areas = folder / "areas.geojson"
    of_each_reading = object() if None in offered.values() else None  # the rules that are not checked are logged anew
    return [_text(folder / "casework.yaml"), municipality, offered, areas.exists() and _text(areas), of_each_reading]


def _text(file: Path) -> bytes:
    return file.read_bytes()
