"""The pages of the cases that an officer has chosen: what may be done with all of them, and what would happen then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, url_for

from services.routing.actions.decide import proposed
from services.routing.actions.definition import ActionDefinition, ActionTrial, FieldKind, FormField
from services.routing.actions.form_choices import Choices, officer_choice
from services.routing.actions.form_state import FormState, written
from services.routing.bulk.offer import SeenCases, bulk_choices, offered, seen
from services.routing.bulk.preview import preview
from services.routing.bulk.selections import KeptSelection
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.desk.texts import Label
from services.routing.organisation.officers import Officer
from shared.web.languages import date_text, gettext, library_message, text_of

SHOWN_CASES = 10
SHOWN_FAILURES = 50


@dataclass(frozen=True)
class OpenSelection:
    """What an officer has chosen, as it is now, and what may be chosen in the forms of the actions."""

    kept: KeptSelection
    chosen: SeenCases
    choices: Mapping[str, Choices]

    @property
    def offered(self) -> list[ActionDefinition]:
        """What may be done with all of it."""
        return offered(self.chosen, self.choices)


def open_selection(context: RoutingContext, officer: Officer, kept: KeptSelection) -> OpenSelection:
    """The selection as it is now."""
    chosen = seen(officer, kept.cases, sessions=context.sessions)
    choices = bulk_choices(chosen, context.organisation_of(officer), **context.store_and_time())
    return OpenSelection(kept, chosen, choices)


def selection_page(selection: OpenSelection, form_state: FormState | None = None, problem: str = "") -> str:
    """What may be done with all of them; with a form state, the form that it was typed in stands open and filled in."""
    g.here = url_for("desk.selection", selection_id=selection.kept.id)
    return render_template(
        "bulk/selection.html",
        section="bulk",
        selection=selection.kept,
        chosen=selection.chosen,
        regime=selection.chosen.regime,
        possible=selection.offered,
        choices=selection.choices,
        form_state=form_state or FormState(),
        problem=problem,
        most=SHOWN_CASES,
    )


def bulk_preview_page(
    context: RoutingContext,
    selection: OpenSelection,
    definition: ActionDefinition,
    typed: Mapping[str, str],
    data: Mapping[str, Any],
) -> str:
    """What would happen; its form sends again what was typed."""
    chosen, now = selection.chosen, context.clock()
    organisation = context.organisation_of(chosen.officer)
    found = preview(chosen, definition, data, organisation, now, sessions=context.sessions)
    first = found.possible[0] if found.possible else None
    decision = None
    if first and definition.action is Action.DECIDE:
        decision = proposed(ActionTrial(organisation, chosen.officer, first.case, first.content, data, now))
    choices = dict(selection.choices) | ({"officers": [officer_choice(found.assignee)]} if found.assignee else {})
    fields = [field for field in definition.bulk_form if field.shown(chosen.regime) and typed.get(field.name)]
    g.here = url_for("desk.selection", selection_id=selection.kept.id)
    return render_template(
        "bulk/preview.html",
        section="bulk",
        selection=selection.kept,
        definition=definition,
        regime=chosen.regime,
        preview=found,
        typed=typed,
        values=[(field.label, _value(field, typed[field.name], choices)) for field in fields],
        sample=first,
        sample_text=written(typed),
        decision=decision,
        most=SHOWN_FAILURES,
        library_message=library_message,
    )


def _value(field: FormField, typed: str, choices: Mapping[str, Choices]) -> str:
    """What was typed or chosen, as people read it."""
    if field.kind in (FieldKind.CHOICE, FieldKind.RADIOS):
        text = dict(choices.get(field.choices, ())).get(typed, typed)
        if isinstance(text, Label):
            return gettext(text.text)
        return text if isinstance(text, str) else text_of(text)
    if field.kind is FieldKind.CHECKBOX:
        return gettext("yes")
    return date_text(date.fromisoformat(typed)) if field.kind is FieldKind.DATE else typed
