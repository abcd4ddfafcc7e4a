"""What import-linter cannot see (its contracts stand in .importlinter)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from tests.house.reading import ROOT, SERVICES, run

# What Flask gives only while it answers a request, and the modules that answer requests or describe what is in them.
OF_A_REQUEST = {"request", "g", "session", "current_app"}
ANSWERING = {"api", "pages", "app", "error_handlers", "schemas", "desk"}

# What models know of their own service besides each other: the states that indexes name.
KNOWN_TO_MODELS = {"services.routing.cases.state_machine"}


def test_import_directions_hold():
    run("lint-imports")


def test_only_what_answers_requests_reaches_the_request():
    assert [" → ".join(chain) for chain in chains_to_the_request().values()] == []


def test_models_import_only_models():
    graph = grimp.build_graph("services", cache_dir=None)
    found = {
        f"{module} imports {imported}"
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if module.endswith(".models") and not imported.endswith(".models") and imported not in KNOWN_TO_MODELS
    }

    assert found == set()


def chains_to_the_request() -> dict[str, tuple[str, ...]]:
    """How each module of a service that should not reach Flask's request comes to it, through our own modules."""
    graph = grimp.build_graph("services", "shared", exclude_type_checking_imports=True, cache_dir=None)
    users = {name for name in graph.modules if set(flask_names(file_of(name))) & OF_A_REQUEST}
    found = {}
    for module in sorted(graph.modules):
        if should_not_reach(module):
            reached = users & graph.find_upstream_modules(module)
            chains = [graph.find_shortest_chain(module, user) or () for user in sorted(reached)]
            if module in users or chains:
                found[module] = (module,) if module in users else min(chains, key=len)
    return found


def should_not_reach(module: str) -> bool:
    """Whether it is a service's own, and none of those that answer requests; the roots that start a service are not."""
    _, *place = module.split(".")
    return bool(place) and place[0] in SERVICES and len(place) > 1 and not ANSWERING & set(place)


def file_of(module: str) -> Path:
    """Where the module stands."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def flask_names(path: Path) -> Iterator[str]:
    """The names of Flask's that a module uses, imported by themselves or as `flask.request`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "flask":
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "flask":
            yield node.attr


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from flask import Flask, request as asked", ["Flask", "request"]),
        ("import flask\nlanguage = flask.g.language", ["g"]),
        ("def inside():\n    from flask import session", ["session"]),
        ("import flask_wtf", []),
    ],
)
def test_every_way_to_the_request_is_seen(tmp_path, source, names):
    (tmp_path / "module.py").write_text(source)

    assert list(flask_names(tmp_path / "module.py")) == names
