"""Every redirect leads to a page of ours: its target is made by us, or cleaned."""

import ast
from collections.abc import Iterator

from tests.house.reading import ROOT

CLEAN = {"url_for", "own_path", "attachment_url", "document_url", "document_address", "draft_url"}

# Targets that another test holds: the provider's own address, the page that was asked for before a sign-in, and the
# embedded default's other name.
ELSEWHERE = {
    "services/routing/desk/sign_in.py": {"requested['url']", "requested.next_path"},
    "services/standalone/path_router.py": {"self._same_place(environ)"},
}


def test_every_redirect_leads_to_a_page_of_ours():
    found = {
        f"{path.relative_to(ROOT)}: {ast.unparse(target)}"
        for path in ROOT.glob("services/**/*.py")
        for target in targets(ast.parse(path.read_text()))
        if not is_clean(target) and ast.unparse(target) not in ELSEWHERE.get(str(path.relative_to(ROOT)), ())
    }

    assert found == set(), "clean it with shared.web.redirects.own_path"


def targets(tree: ast.AST) -> Iterator[ast.expr]:
    """What each call of `redirect` leads to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "redirect":
            yield node.args[0]


def is_clean(target: ast.expr) -> bool:
    """Whether it is made by a function that gives none but addresses of ours."""
    if isinstance(target, ast.IfExp):
        return is_clean(target.body) and is_clean(target.orelse)
    return isinstance(target, ast.Call) and ast.unparse(target.func) in CLEAN
