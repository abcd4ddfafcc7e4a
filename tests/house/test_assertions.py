"""A test that cannot fail shows nothing."""

import ast

import pytest

from tests.house.reading import ROOT

TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))


def always_holds(expression: ast.expr) -> bool:
    """Whether it is true whatever is tested: a constant, a filled collection, or either of them beside an `or`."""
    match expression:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return bool(parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(map(always_holds, parts))
        case ast.Lambda() | ast.GeneratorExp():
            return True
    return False


def vacuous(source: str) -> list[int]:
    """The lines of what asserts nothing: such an assertion, or a comparison that nobody looks at."""
    nodes = list(ast.walk(ast.parse(source)))
    asserted = [each for each in nodes if isinstance(each, ast.Assert) and always_holds(each.test)]
    unseen = [each for each in nodes if isinstance(each, ast.Expr) and isinstance(each.value, ast.Compare)]
    return [each.lineno for each in (*asserted, *unseen)]


@pytest.mark.parametrize("path", TESTS)
def test_every_assertion_can_fail(path):
    assert vacuous((ROOT / path).read_text()) == []


@pytest.mark.parametrize("line", ["assert x in y or True", "assert (x, y)", "assert (e for e in x)", "x == y"])
def test_one_that_cannot_is_found(line):
    assert vacuous(line) == [1]
