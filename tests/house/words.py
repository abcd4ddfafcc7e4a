"""The words that docs/glossary.md lists to avoid, and where names, docstrings and comments use them."""

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.reading import ROOT, text

LOGS = {"debug", "info", "warning", "error", "exception", "critical"}
METRICS = {"Counter", "Gauge", "Histogram"}

# Where a word is another's, or is right: a name or the words of a text, and why.
ALLOWED = {
    "channels.letter": "a letter on paper is what the channel sends",
    "letter on paper": "a letter on paper is what the channel sends",
    "by.letter": "what an officer enters has come by letter, on paper",
    "LETTER": "what an officer enters has come by letter, on paper",
    "_missing_": "Enum's own name",
    "__post_init__": "the name that dataclasses call",
    "do_POST": "the name that http.server calls",
    "dead_letter": "RabbitMQ's own name of the queue",
    "dead-letter": "RabbitMQ's own name of the queue",
    "fault_report": "the e-service Report a fault",
    "report_a_fault": "the e-service Report a fault",
    "FAULT_REPORT": "the e-service Report a fault",
    "FAULT_HANDLING": "the e-service Report a fault",
    "notice_board": "the municipality's notice board, which the law names",
}

Use = tuple[int, str]


def uses(path: Path) -> list[Use]:
    """Each use of a word to avoid in a module: its line, and the name or docstring with the word."""
    tree = ast.parse(path.read_text())
    module = path.relative_to(ROOT).with_suffix("")
    place = ".".join(module.parts[-2:])
    found = [(1, f"{place}: {word}") for word in ([] if place in ALLOWED else _in_name(module.name))]
    for line, name in names(tree, of_tests=module.parts[0] == "tests"):
        found += [(line, f"{name}: {word}") for word in (_in_sentence if name.startswith("test_") else _in_name)(name)]
    if module.parts[0] != "tests":
        for line, prose in (*docstrings(tree), *comments(path)):
            found += [(line, f"…{word}…") for word in _in_prose(prose)]
    return found


def names(tree: ast.Module, *, of_tests: bool = False) -> Iterator[tuple[int, str]]:
    """What a module names: functions, parameters, classes, constants, fields, exceptions, metrics, log events.

    Of tests only what others see: not exceptions, nor the parameters of private functions.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            private = of_tests and getattr(node, "name", "_").startswith("_")
            yield from (
                (each.lineno, each.arg) for each in ast.walk(node.args) if isinstance(each, ast.arg) and not private
            )
        if isinstance(node, ast.ExceptHandler) and node.name and not of_tests:
            yield node.lineno, node.name
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from _assigned(node)
        if isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in _given_to_operators(node))


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The docstrings of a module and of all in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """The comments of a module."""
    with tokenize.open(path) as source:
        for token in tokenize.generate_tokens(source.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


@cache
def avoided() -> tuple[frozenset[str], frozenset[str]]:
    """The words that are avoided everywhere, and those that are avoided as names only."""
    everywhere: set[str] = set()
    as_names: set[str] = set()
    for cell in re.findall(r"^\|.*\|([^|]*)\|$", text("docs/glossary.md"), re.MULTILINE):
        for word, remark in re.findall(r"(?:^|, )([a-z][a-z ]*[a-z])(?: \(([^)]*)\))?(?=,|$)", cell.strip()):
            if not remark:
                everywhere.add(word)
            elif remark == "name":
                as_names.add(word)
    return frozenset(everywhere), frozenset(as_names - everywhere)


def all_uses() -> dict[str, list[Use]]:
    """The uses in each module of ours that has any."""
    paths = (path for top in ("services", "shared", "tests") for path in sorted(ROOT.glob(f"{top}/**/*.py")))
    found = {str(path.relative_to(ROOT)): uses(path) for path in paths}
    return {path: each for path, each in found.items() if each}


def _assigned(node: ast.Module | ast.ClassDef) -> Iterator[tuple[int, str]]:
    for each in node.body:
        targets = (
            each.targets if isinstance(each, ast.Assign) else [each.target] if isinstance(each, ast.AnnAssign) else []
        )
        yield from ((each.lineno, target.id) for target in targets if isinstance(target, ast.Name))


def _given_to_operators(call: ast.Call) -> list[str]:
    """The name of a metric or of a log event."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    texts = [each.value for each in call.args[:1] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return texts if name in LOGS | METRICS else []


def _in_name(name: str) -> list[str]:
    everywhere, as_names = avoided()
    return _found(everywhere | as_names, _words(name))


def _in_sentence(name: str) -> list[str]:
    """The name of a test is a sentence: words that are avoided only as names are ordinary English in it."""
    return _found(avoided()[0], _words(name))


def _words(name: str) -> str:
    return " ".join(re.findall(r"[A-Z]?[a-zà-ö]+|[A-Z]+(?![a-z])", _without_allowed(name))).lower()


def _in_prose(prose: str) -> list[str]:
    without_code = re.sub(r"`[^`]*`", "", _without_allowed(prose))
    return _found(avoided()[0], " ".join(without_code.lower().split()))


def _without_allowed(words_in: str) -> str:
    return re.sub("|".join(ALLOWED), " ", words_in)


def _found(words: frozenset[str], place: str) -> list[str]:
    return sorted(re.findall(rf"\b(?:{'|'.join(sorted(words))})\b", place))
