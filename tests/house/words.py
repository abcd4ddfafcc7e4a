"""The words that docs/glossary.md says to avoid, and where names and docstrings use them.

`python -m tests.house.words` writes anew how many each module still uses, after it has been mended.
"""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.reading import ROOT, text

TO_MEND = ROOT / "tests/house/words_to_mend.json"
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}
METRICS = {"Counter", "Gauge", "Histogram"}

# Where a word is another's, or is right: a name or a docstring's words, and why.
ALLOWED = {
    "channels.letter": "a letter on paper is what the channel sends",
    "letter on paper": "a letter on paper is what the channel sends",
    "_missing_": "Enum's own name",
}

Use = tuple[int, str]


def uses(path: Path) -> list[Use]:
    """Each use of a word to avoid in a module: its line, and the name or docstring with the word."""
    tree = ast.parse(path.read_text())
    module = path.relative_to(ROOT).with_suffix("")
    found = [(1, f"{'.'.join(module.parts[-2:])}: {word}") for word in _in_name(module.name)]
    for line, name in names(tree):
        found += [(line, f"{name}: {word}") for word in _in_name(name)]
    if module.parts[0] != "tests":
        for line, prose in docstrings(tree):
            found += [(line, f"…{word}…") for word in _in_prose(prose)]
    return [(line, use) for line, use in found if not any(each in use for each in ALLOWED)]


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What a module defines for others: functions, parameters, classes, constants, fields, metrics, log events."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from _assigned(node)
        if isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in _given_to_operators(node))


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The docstrings of a module and of all in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


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


def counts() -> dict[str, int]:
    """How many uses each module of ours has, of those that have any."""
    paths = (path for top in ("services", "shared", "tests") for path in sorted(ROOT.glob(f"{top}/**/*.py")))
    found = {str(path.relative_to(ROOT)): len(uses(path)) for path in paths}
    return {path: count for path, count in found.items() if count}


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
    words = " ".join(re.findall(r"[A-Z]?[a-zà-ö]+|[A-Z]+(?![a-z])", name)).lower()
    return _found(everywhere | as_names, words)


def _in_prose(prose: str) -> list[str]:
    without_code = re.sub(r"`[^`]*`", "", prose)
    return _found(avoided()[0], " ".join(without_code.lower().split()))


def _found(words: frozenset[str], place: str) -> list[str]:
    return sorted(re.findall(rf"\b(?:{'|'.join(sorted(words))})\b", place))


if __name__ == "__main__":
    TO_MEND.write_text(json.dumps(counts(), indent=1, ensure_ascii=False) + "\n")
