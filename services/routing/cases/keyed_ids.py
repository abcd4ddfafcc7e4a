"""What an officer adds to a case, but for actions: the same request sent twice adds it once."""

from uuid import UUID, uuid4, uuid5

from services.routing.organisation.officers import Officer


def id_of(officer: Officer, case_id: UUID, key: str | None) -> UUID:
    """The id of what an officer adds to a case under an idempotency key: always the same; without one, a new one."""
    return uuid4() if key is None else uuid5(case_id, f"{officer.subject} {key}")
