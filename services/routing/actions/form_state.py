"""What an officer typed in an action's form that was not performed, and why it was not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.routing.cases.models import JournalEntry
from services.routing.documents.models import Document


@dataclass(frozen=True)
class FormState:
    """What was typed in a form of a case's page, mostly of an action, and what is wrong with it by field.

    `documents` are the files that came with it and are kept for the next time that it is sent.
    """

    action: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    documents: Sequence[Document] = ()

    def value(self, action: str, name: str) -> str:
        """What to fill in again."""
        return self.typed.get(name, "") if action == self.action else ""

    def error(self, action: str, name: str) -> str:
        """The message to show at the field."""
        return self.errors.get(name, "") if action == self.action else ""

    @property
    def written(self) -> str:
        """The longer texts, to be copied where no form takes them any more."""
        return written(self.typed)


_LONGER = ("text", "reason", "reasons", "sv", "en")


def written(typed: Mapping[str, str]) -> str:
    """The longer texts of a form, put together: those of an action, of a macro's steps, or of what editors keep."""
    parts = {name: name.rpartition("-") for name in typed}
    longer = [name for name, (_, _, last) in parts.items() if last in _LONGER]
    longer.sort(key=lambda name: (parts[name][0], _LONGER.index(parts[name][2])))
    texts = (typed[name].strip() for name in longer)
    return "\n\n".join(text for text in texts if text)


@dataclass(frozen=True)
class ActionFailure:
    """Why an action was not performed, in the officer's language.

    `since`: what has been done with the case meanwhile; `unsendable`: text that no form takes. `headers` of the answer.
    """

    status: int
    title: str
    text: str = ""
    since: Sequence[JournalEntry] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    unsendable: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
