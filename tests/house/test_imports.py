"""What import-linter cannot see (its contracts stand in .importlinter)."""

import ast

from tests.house.reading import ROOT, run


def test_import_directions_hold():
    run("lint-imports")


def test_only_apis_and_pages_see_the_request():
    seeing = {
        path.relative_to(ROOT / "services").parts[1].removesuffix(".py")
        for path in ROOT.glob("services/*/**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and node.module == "flask"
        and "request" in {each.name for each in node.names}
    }

    assert seeing <= {"api", "pages"}
