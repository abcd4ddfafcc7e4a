"""Why a case cannot be shown or changed, as exceptions. The state machine and the journal have their own."""

from shared.bus.event_processor import DependsOnEarlier


class CaseNotFound(Exception):
    """There is no such case among those that the officer may see."""


class CaseNotKnownYet(DependsOnEarlier):
    """The event is about a submission whose own event has not come yet: it waits, and is handled later."""


class StaleCase(Exception):
    """The case has changed since the officer read it; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the case is at version {current}")
        self.current = current


class PartialOfficer(Exception):
    """The officer has declared a conflict of interest in the case, and may not handle it (jäv, FL 17 §)."""


class InvalidInput(Exception):
    """A value that the case does not take: which `field`, and what is wrong, to be read by the officer (English)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
