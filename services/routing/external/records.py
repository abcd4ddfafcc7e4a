"""What came of commands: known when one is repeated, and of one that comes again how many processes ended with it.

A command that the broker gives again may be why its worker ended (docs/decisions/0048). So each further attempt is
noted before it begins; after the third process that ends in one, the command gets a reply with that error.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import orjson
import structlog
from prometheus_client import Counter
from sqlalchemy import ColumnElement, and_, case, delete, update
from sqlalchemy.orm import Session, sessionmaker

from services.routing.external.models import CommandRecord
from shared.clock import Clock

MOST_CRASHES = 3
PROCESS_ENDED = "process-ended"

Key = tuple[str, str]  # the broker's user who sent a command, and the id that this gave it

COMMANDS = Counter("routing_commands", "Commands of other systems, by what came of them.", ["outcome"])

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class EarlierReply:
    """The reply that a command has got, and the fingerprint of its content. None: whatever the content is."""

    reply: bytes
    fingerprint: str | None


@dataclass(frozen=True)
class CommandRecords:
    """The records as one worker keeps them. `unended` are the attempts whose end the store was away for."""

    sessions: sessionmaker[Session]
    clock: Clock
    worker: UUID = field(default_factory=uuid4)
    unended: set[Key] = field(default_factory=set, init=False)

    def deaths(self, key: Key) -> int:
        """How many processes have ended in an attempt at it that was noted."""
        with self.sessions() as session:
            record = session.get(CommandRecord, key)
            return self._deaths(record) if record else 0

    def earlier(self, key: Key) -> EarlierReply | None:
        """The reply that the command has got already."""
        with self.sessions() as session:
            return _reply_of(session.get(CommandRecord, key))

    def begin(self, key: Key) -> EarlierReply | None:
        """Note that one more attempt begins; or the reply that the command has already, or gets now for good."""
        self._note_no_death()
        with self.sessions.begin() as session:
            record = session.get(CommandRecord, key, with_for_update=True)
            if record is None:
                session.add(_new(key, at=self.clock(), begun_by=self.worker))
                return None
            if record.reply is not None:
                return _reply_of(record)
            record.crashes = self._deaths(record)
            record.begun_by = self.worker
            if record.crashes < MOST_CRASHES:
                return None
            record.reply = orjson.dumps({"error": PROCESS_ENDED})
            ended = _reply_of(record)
        COMMANDS.labels(PROCESS_ENDED).inc()
        log.error("command_ends_processes", system=record.system)
        return ended

    def end(self, key: Key, fingerprint: str, reply: bytes) -> bytes:
        """Keep the reply; return it, or that of another worker who was quicker."""
        with self.sessions.begin() as session:
            record = session.get(CommandRecord, key, with_for_update=True)
            if record and record.reply is not None:
                return record.reply
            if record is None:
                record = _new(key, at=self.clock())
                session.add(record)
            record.fingerprint, record.reply, record.begun_by = fingerprint, reply, None
        return reply

    def forget(self, key: Key) -> None:
        """Keep nothing of an attempt that has ended, where the reply may be another next time."""
        with self.sessions.begin() as session:
            session.execute(delete(CommandRecord).where(_is(key), CommandRecord.reply.is_(None)))

    def _deaths(self, record: CommandRecord) -> int:
        return record.crashes + (record.begun_by not in (None, self.worker))

    def _note_no_death(self) -> None:
        """This process has outlived the attempts that the store was away for, whoever has made one since."""
        for key in tuple(self.unended):
            others = case((CommandRecord.begun_by != self.worker, CommandRecord.begun_by))
            lived = update(CommandRecord).where(_is(key)).values(crashes=0, begun_by=others)
            with self.sessions.begin() as session:
                session.execute(lived)
            self.unended.discard(key)


def _new(key: Key, *, at: datetime, begun_by: UUID | None = None) -> CommandRecord:
    system, command_id = key
    return CommandRecord(system=system, command_id=command_id, at=at, begun_by=begun_by, crashes=0)


def _reply_of(record: CommandRecord | None) -> EarlierReply | None:
    return EarlierReply(record.reply, record.fingerprint) if record and record.reply is not None else None


def _is(key: Key) -> ColumnElement[bool]:
    system, command_id = key
    return and_(CommandRecord.system == system, CommandRecord.command_id == command_id)
