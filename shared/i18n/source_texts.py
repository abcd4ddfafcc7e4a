"""The texts that code and templates show to people, found in the source."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).parents[2]

# Which arguments of a call are texts to translate, by their place or their name.
CALLS: Mapping[str, Sequence[int | str]] = {
    "gettext": (0,),
    "ngettext": (0, 1),
    "later": (0,),
    "Label": (0, 1, "reply", "either"),
    "FileNotReceived": (2,),
    "InvalidAnswer": (1,),
    "InvalidInput": (1,),
    "NotStrictJson": (0,),
    "Problem": ("title", "detail"),
}

# Modules of libraries whose messages people see.
LIBRARIES = ("marshmallow.fields", "marshmallow.schema", "marshmallow.validate", "werkzeug.http")

_TEMPLATES = [("**.html", "jinja2"), ("**.txt", "jinja2")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"\{\w+\}")
_ENOUGH_TO_KNOW_IT_BY = 10  # characters

Code = Iterable[tuple[str, ast.AST]]
Id = str | tuple[str, ...] | list[str]  # of a text with a number: the singular and the plural


class Text(NamedTuple):
    """A text, by the singular where it has both, and where it is used. They sort by file and line."""

    file: str
    line: int
    key: str
    id: Id


def marked(folder: Path) -> list[Text]:
    """The texts of a folder's templates and of the calls in CALLS."""
    return [*_in_templates(folder), *_in_calls(code(folder))]


def mentioned(known: Mapping[str, Id], code: Code) -> Iterator[Text]:
    """The known texts that are strings in code: those that a variable holds when they are translated."""
    for file, tree in code:
        for node in ast.walk(tree):
            for key in _matching(_literals(node), known):
                yield Text(file, getattr(node, "lineno", 0), key, known[key])


def code(folder: Path) -> Code:
    """Every module of a folder, parsed, by its path in the repository."""
    for path in folder.rglob("*.py"):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def libraries() -> Code:
    """The modules in LIBRARIES, parsed, by name."""
    for name in LIBRARIES:
        found = find_spec(name)
        assert found and found.origin, f"{name} is not installed"
        yield name, ast.parse(Path(found.origin).read_text(encoding="utf-8"))


def key(text: Id) -> str:
    """What a text is known by: itself, or its singular."""
    return text if isinstance(text, str) else text[0]


def _in_templates(folder: Path) -> Iterator[Text]:
    for templates in folder.rglob("templates"):
        for name, line, found, *_ in extract_from_dir(str(templates), _TEMPLATES, keywords=_KEYWORDS):
            yield Text(str((templates / name).relative_to(ROOT)), line, key(found), found)


def _in_calls(code: Code) -> Iterator[Text]:
    for file, tree in code:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from (Text(file, node.lineno, key(found), found) for found in _in_call(node))


def _in_call(call: ast.Call) -> Sequence[Id]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    arguments: dict[int | str | None, ast.expr] = {each.arg: each.value for each in call.keywords}
    arguments |= dict(enumerate(call.args))
    nodes = [arguments.get(argument) for argument in CALLS.get(name, ())]
    found = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [tuple(found)] if name == "ngettext" and found else found


def _literals(node: ast.AST) -> list[str]:
    """A string's parts between its placeholders, such as `{max}`."""
    match node:
        case ast.Constant(value=str(value)):
            return _PLACEHOLDER.split(value)
        case ast.JoinedStr(values=parts):
            return "\0".join(str(part.value) if isinstance(part, ast.Constant) else "" for part in parts).split("\0")
    return []


def _matching(literals: list[str], known: Iterable[str]) -> list[str]:
    """The known texts that consist of these parts, with something between them."""
    if len("".join(literals)) < _ENOUGH_TO_KNOW_IT_BY:
        return [each for each in known if [each] == literals]
    pattern = re.compile(".+".join(map(re.escape, literals)))
    return [each for each in known if pattern.fullmatch(each)]
