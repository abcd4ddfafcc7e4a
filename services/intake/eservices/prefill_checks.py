"""Whether pages can be prefilled as the definition has it; each error at its place in the file."""

from collections.abc import Iterator, Mapping, Sequence

from marshmallow import ValidationError

from services.intake.eservices.definition import Page, Prefill
from services.intake.forms.fields.choice import ChoiceField
from services.intake.forms.fields.field import Field, Reuse
from services.intake.forms.fields.identity_number import IdentityNumberField
from services.intake.forms.fields.keys import nested
from services.intake.forms.fields.textual import TextualField
from shared.validation import Path, unknown

Message = tuple[Path, str]


def check_prefill(pages: Sequence[Page]) -> None:
    """Prefill asks about an earlier answer, and fills in questions that it may. Raises ValidationError."""
    errors: list[Message] = []
    before: dict[str, Field] = {}
    for number, page in enumerate(pages):
        own = _questions(page)
        if page.prefill:
            place: Path = ("pages", number, "prefill")
            errors += [((*place, "by"), message) for message in _errors_of_key(page.prefill, before)]
            errors += [((*place, "into", name), message) for name, message in _errors_of_questions(page.prefill, own)]
        before |= own
    if errors:
        raise ValidationError(nested(errors))


def _questions(page: Page) -> dict[str, Field]:
    """The page's questions that are asked once."""
    return {each.name: each for section in page.sections if not section.repeat for each in section.fields}


def _errors_of_key(prefill: Prefill, before: Mapping[str, Field]) -> Iterator[str]:
    question = before.get(prefill.by)
    if question is None:
        yield unknown("question on an earlier page", prefill.by, before)
    elif not isinstance(question, TextualField | ChoiceField):
        yield f"{prefill.by} is a {question.type}: a register is asked about a text or a choice"
    elif isinstance(question, IdentityNumberField) and question.takes_persons:
        yield f"{prefill.by} may be anybody's number: facts about persons need a sign-in"


def _errors_of_questions(prefill: Prefill, own: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    for name in prefill.into:
        question = own.get(name)
        if question is None:
            yield name, unknown("question on this page", name, own)
        elif not question.may_be_prefilled:
            yield name, f"a {question.type} cannot be prefilled"
        elif question.reuse is Reuse.NEVER:
            yield name, f"{name} has reuse: never"
