"""Fixtures of the tests of macros: making them, and carrying them out as Anna."""

from collections.abc import Callable
from typing import Any

import pytest

from services.routing.actions.command import ActionResult
from services.routing.cases.models import Case
from services.routing.context import RoutingContext
from services.routing.macros import edit
from services.routing.macros.edit import MacroContent
from services.routing.macros.models import Macro
from services.routing.macros.order import MacroOrder
from services.routing.macros.run import carry_out
from services.routing.macros.steps import Step
from services.routing.organisation.organisation import Organisation
from tests.store.routing.casework import ANNA, Casework

Make = Callable[..., Macro]


@pytest.fixture
def make(casework: Casework, alvdalen: Organisation) -> Make:
    """Makes a macro of these steps, each an action and its values."""

    def a_macro(*steps: tuple[str, dict[str, Any]], **more: Any) -> Macro:
        content = MacroContent(more.pop("name", "Begär och vänta"), [Step(*each) for each in steps], **more)
        return edit.create(ANNA, content, alvdalen, **casework.store_and_time)

    return a_macro


@pytest.fixture
def carry(context: RoutingContext, casework: Casework) -> Callable[..., ActionResult]:
    """Carries a macro out with a case as it is now."""

    def out(macro: Macro, case: Case, **more: Any) -> ActionResult:
        values = {"officer": ANNA, "version": casework.now(case).sequence} | more
        return carry_out(context, MacroOrder(case_id=case.id, macro_id=macro.id, **values))

    return out
