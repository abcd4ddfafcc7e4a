"""Texts of the desk as the code writes them: English, translated when they are shown. No framework is needed."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.swedish.law import LegalRegime


def later(text: str) -> str:
    """Marks a text that is translated when it is shown."""
    return text


@dataclass(frozen=True)
class Label:
    """A text; `reply` is how it reads in a case that ends in a reply, because its regime has no decision.

    `either` is how it reads where it is about cases of both kinds.
    """

    text: str
    reply: str = ""
    either: str = ""

    def under(self, regime: LegalRegime | None) -> str:
        """The text, in English, as it reads in a case under this regime; None: in cases under any."""
        if regime is None:
            return self.either or self.text
        return self.text if regime.has_decision else self.reply or self.text


PRIORITIES: Mapping[str, Label] = {
    "urgent": Label("urgent"),
    "high": Label("high"),
    "normal": Label("normal"),
    "low": Label("low"),
}
