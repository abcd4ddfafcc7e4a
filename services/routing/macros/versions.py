"""What was chosen in the steps of a macro's versions, by the name that it has now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.form_choices import Choice
from services.routing.desk.texts import PRIORITIES, Label
from services.routing.directory.find import known_officers
from services.routing.macros.models import MacroVersion
from services.routing.organisation.organisation import Organisation

_GONE = Label("an officer who is not in the directory")


@dataclass(frozen=True)
class Chosen:
    """The names of what the versions of a macro have chosen; `officers` by subject, which nobody is to read."""

    organisation: Organisation
    officers: Mapping[str, str]

    def name(self, choices: str, code: str, eservice: str | None) -> Choice:
        """What `code` is called among the `choices` of a form's field; what is not chosen by name is itself."""
        match choices:
            case "queues":
                return self.organisation.queue(code).name
            case "outcomes":
                return self.organisation.outcome(code, eservice)
            case "officers":
                return self.officers.get(code, _GONE)
            case "priorities":
                return PRIORITIES.get(code, code)
        return code


def chosen_in(
    versions: Sequence[MacroVersion], organisation: Organisation, *, sessions: sessionmaker[Session]
) -> Chosen:
    """The names of what the versions have chosen."""
    steps = [step["values"] for each in versions for step in each.content["steps"]]
    subjects = {each["officer_subject"] for each in steps if "officer_subject" in each}
    with sessions() as session:
        known = known_officers(session, organisation.municipality, subjects)
    return Chosen(organisation, {each.subject: each.name for each in known})
