"""How sure an e-service needs to be of who its submitter is."""

from enum import StrEnum


class Identity(StrEnum):
    """The levels, the lowest first. The last two are levels of assurance for e-IDs: 3 and 4 of the Swedish framework.

    Those are called substantial and high in Article 8 of Regulation (EU) 910/2014 (eIDAS).
    """

    ANONYMOUS = "anonymous"
    STATED = "stated"
    SUBSTANTIAL = "substantial"
    HIGH = "high"

    @property
    def names_submitter(self) -> bool:
        """Whether name and e-mail are required."""
        return self is not Identity.ANONYMOUS

    @property
    def assurance_level(self) -> int | None:
        """The level of assurance that an e-ID must have; None where none is asked for."""
        return {Identity.SUBSTANTIAL: 3, Identity.HIGH: 4}.get(self)
