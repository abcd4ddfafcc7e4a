"""The tree says the business: code grows inside a capability's folder, and a test stands where its subject does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reading import ROOT, SERVICES

# What a service has beside its capabilities.
FLAT = {"__init__", "app", "worker", "settings", "context", "models", "error_handlers"}

# What a module of a capability may have only under these names; `desk` has the pages that are of no one capability.
ROLES = {
    "a table": {"models"},
    "a route": {"api", "pages", "sign_in", "layout"},
    "an event handler": {"handlers"},
}
ROUTING = {"get", "post", "put", "patch", "delete", "route"}

# Names that tell neither what a module does nor what it is about, and those that other frameworks have for our roles.
MEANINGLESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib", "core", "base", "manager"}
OTHER_NAMES = {
    "model",
    "tables",
    "views",
    "view",
    "routes",
    "serializers",
    "endpoints",
    "tasks",
    "consumers",
    "services",
}


def test_nothing_new_stands_flat_beside_the_app():
    found = {
        str(path.relative_to(ROOT))
        for service in SERVICES
        for path in ROOT.glob(f"services/{service}/*.py")
        if path.stem not in FLAT
    }

    assert found == set(), "belongs into a capability's folder"


def test_a_capability_names_its_modules_by_their_role_or_by_what_they_do():
    named = {str(each.relative_to(ROOT)) for each in modules() if each.stem in MEANINGLESS | OTHER_NAMES}

    assert named == set()


def test_tables_routes_and_event_handlers_stand_in_the_modules_of_that_name():
    elsewhere = {
        f"{module.relative_to(ROOT)} has {role}"
        for module in modules()
        for role in roles(module.read_text())
        if module.stem not in ROLES[role]
    }

    assert elsewhere == set()


def test_a_capability_holds_code_and_templates_and_no_other_folders():
    folders = {
        str(folder.relative_to(ROOT))
        for capability in capabilities()
        for folder in capability.iterdir()
        if folder.is_dir() and folder.name not in ("templates", "__pycache__") and not (folder / "__init__.py").exists()
    }
    code_among_templates = {path for capability in capabilities() for path in capability.glob("templates/**/*.py")}

    assert (folders, code_among_templates) == (set(), set())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("class Case(Base):\n    __tablename__ = 'cases'", ["a table"]),
        ("@routes.get('/cases')\n@may_answer\ndef show(): ...", ["a route"]),
        ("app.add_url_rule('/desk', 'desk')", ["a route"]),
        ("def handlers():\n    return (EventHandler((X,), x),)", ["an event handler"]),
        ("cache.get('key')\nclient.get('/cases')", []),
    ],
)
def test_every_role_is_recognised(source, found):
    assert list(roles(source)) == found


def capabilities() -> list[Path]:
    """The folder of each capability."""
    return [init.parent for service in SERVICES for init in ROOT.glob(f"services/{service}/*/__init__.py")]


def modules() -> list[Path]:
    """Every module of a capability, those in its packages too."""
    return [path for capability in capabilities() for path in capability.rglob("*.py") if path.stem != "__init__"]


def roles(source: str) -> Iterator[str]:
    """What a module has that belongs in a module of a certain name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id="__tablename__")]):
                yield "a table"
            case ast.FunctionDef(decorator_list=decorators) if any(map(gives_a_path, decorators)):
                yield "a route"
            case ast.Call(func=ast.Attribute(attr="add_url_rule")):
                yield "a route"
            case ast.Call(func=ast.Name(id="EventHandler")):
                yield "an event handler"


def gives_a_path(decorator: ast.expr) -> bool:
    """Whether the decorator makes a route of its function."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr=attribute), args=[_, *_]):
            return attribute in ROUTING
    return False


def test_a_test_module_stands_under_the_same_path_as_what_it_tests():
    found = {
        str(path.relative_to(ROOT))
        for top in ("unit", "store")
        for path in ROOT.glob(f"tests/{top}/**/test_*.py")
        if not has_a_subject(path.relative_to(ROOT / "tests" / top))
    }

    assert found == set(), "belongs where its subject stands"


def has_a_subject(test: Path) -> bool:
    """Whether it stands in a capability's folder, or is named after a module where there are no capabilities."""
    source = ROOT / test.parent if test.parts[0] in ("shared", "bench") else ROOT / "services" / test.parent
    name = test.stem.removeprefix("test_")
    in_capability = len(test.parts) > 2 and (source / "__init__.py").exists()
    return in_capability or (source / f"{name}.py").exists() or (source / name).is_dir()
