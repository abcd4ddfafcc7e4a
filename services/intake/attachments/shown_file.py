"""A file as a page of a form shows it, which also a worker knows that reads drafts."""

from dataclasses import dataclass
from uuid import UUID

from shared.files.receive import clean_name


@dataclass(frozen=True)
class ShownFile:
    """A file of a question, by its id and name, as an earlier page has shown it."""

    id: UUID
    name: str

    def __str__(self) -> str:
        return f"{self.id} {self.name}"

    @classmethod
    def read(cls, text: str) -> "ShownFile":
        """From `id name`. Raises ValueError where somebody has written something else there."""
        file_id, _, name = text.partition(" ")
        return cls(UUID(file_id), clean_name(name))
