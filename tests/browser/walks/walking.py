"""Walks in an installation: each leaves a case that has what was filled in, a queue, and a reason for it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select

from bench.installation import Installation
from services.intake.attachments.models import Attachment
from services.intake.forms.entries import numbered_from_one
from services.intake.submissions.models import Submission
from services.routing.cases.models import Case, SubmissionCopy
from services.routing.rules.explanation import why
from tests.browser.walks.answering import Answering
from tests.browser.walks.cells import Cell
from tests.browser.walks.hands import Keyboard, Pointer
from tests.browser.walks.plans import Plan
from tests.browser.walks.walk import Walk
from tests.browser.walks.watch import Watch
from tests.system.people import eventually

HEIGHT = 800


def walk(visit: Callable[..., Page], installation: Installation, cell: Cell, plan: Plan, folder: Path | None) -> None:
    """Go from the catalogue to the receipt, and find the case."""
    walking = _begin(visit, installation, cell, plan, folder)
    reference = walking.from_catalogue_to_receipt()
    _assert_stored(installation, reference, walking.plan)
    _assert_routed(installation, reference, cell.language)


def walk_to_exit(
    visit: Callable[..., Page], installation: Installation, cell: Cell, plan: Plan, folder: Path | None
) -> None:
    """Go to the page that turns away."""
    _begin(visit, installation, cell, plan, folder).to_exit()


def _begin(visit: Callable[..., Page], installation: Installation, cell: Cell, plan: Plan, folder: Path | None) -> Walk:
    origin, viewport = installation.url("/").rstrip("/"), {"width": cell.width, "height": HEIGHT}
    page = visit(origin, language=cell.language, scripts=cell.scripts, viewport=viewport)
    twin = None if cell.scripts else visit(origin, language=cell.language, viewport=viewport)
    hands = Keyboard(page) if cell.keyboard else Pointer(page)
    return Walk(page, cell, Answering(page, plan, hands, cell), Watch(page, folder, twin))


def _assert_stored(installation: Installation, reference: str, plan: Plan) -> None:
    """Nothing that was filled in or attached is lost."""
    with installation.stores["intake"].database.sessions() as session:
        [submission] = session.scalars(select(Submission).where(Submission.reference == reference))
        answers = {each["field"]: each["answer"] for each in submission.answers}
        files = Counter(session.scalars(select(Attachment.field).where(Attachment.submission_id == submission.id)))
    assert {name: answers.get(name) for name in plan.stored} == plan.stored
    assert files == {numbered_from_one(name): count for name, count in plan.files.items()}


def _assert_routed(installation: Installation, reference: str, language: str) -> None:
    """The case is in a queue, and says by which rule it came there."""
    case, content = eventually(lambda: _case(installation, reference))
    assert case.queue
    assert content.explanation["winner"], f"{case.eservice}: no rule"
    assert why(content.explanation, language)


def _case(installation: Installation, reference: str) -> tuple[Case, SubmissionCopy]:
    query = select(Case, SubmissionCopy).join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    with installation.stores["routing"].database.sessions() as session:
        [row] = session.execute(query.where(Case.reference == reference)).all()
        found: Any = tuple(row)
        return found
