"""Files that come with mail are taken as those of forms are, within limits; the mail is received in any case."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from services.notify.inbound.models import ReceivedMail
from services.notify.inbound.receive import MailOutcome, Receiver, TooMuchMail
from services.notify.mail_files import take as take_module
from services.notify.mail_files.models import MailFile
from services.notify.mail_files.take import FilesGone, FileTaker, NotScanned, TakenFiles, kept_mail_files, purge
from services.notify.models import Outbox
from shared.database import Database
from shared.events.envelope import Event
from shared.events.notify import NotificationReplyReceived
from shared.events.routing import MailDismissed
from shared.files.virus_scanner import VirusScanner, address
from tests.builders import HandClock
from tests.notify import Receive, a_mail, everything
from tests.pictures import exif_segment, jpeg, tiff
from tests.virus_scanner import EICAR, Scanner, scanning

SUBMISSION = UUID("6f0d3c1e-6f43-4b3d-9a53-0d5a4d2b8a11")
KIM = "kim@example.org"
NOBODYS = "svar@alvdalen.example"
PDF = b"%PDF-1.7\n" + b"%" * 500
MACROS = {"[Content_Types].xml": "vbaProject"}


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    with scanning() as found:
        yield found


def to(receiver: Receiver) -> str:
    [alvdalen] = [each for each in receiver.municipalities() if each.slug == "alvdalen"]
    return receiver.addresses.of(alvdalen, SUBMISSION) or ""


def replies(store: Database) -> list[NotificationReplyReceived]:
    rows = sorted(everything(store, Outbox), key=lambda row: row.id)
    return [NotificationReplyReceived.open(Event.decode(row.body.encode())) for row in rows]


def receive(receiver: Receiver, *files: tuple[str, bytes], recipient: str | None = None, **headers: str) -> MailOutcome:
    raw = a_mail("Här kommer det.", files=files, Message_ID=f"<{uuid4()}@example.org>", **headers)
    return receiver.receive(raw, envelope_from=KIM, recipient=recipient or to(receiver))


def with_limits(receiver: Receiver, **limits: int) -> Receiver:
    changed = replace(receiver.files.limits, **limits)
    return replace(receiver, files=replace(receiver.files, limits=changed))


def scanned(receiver: Receiver, where: str, clock: HandClock) -> Receiver:
    passed = VirusScanner(address(where), 1.0, time=lambda: clock().timestamp())
    return replace(receiver, files=replace(receiver.files, scanner=passed))


def not_taken(store: Database) -> list[tuple[str, str]]:
    return [(each.name, each.reason) for reply in replies(store) for each in reply.files_not_taken]


def on_disk(files: FileTaker, folder: Path) -> list[str]:
    return [each.name for each in folder.rglob("*") if each.is_file()]


def test_a_file_is_kept_as_it_came_without_the_place_of_a_picture_and_announced_with_its_hash(
    store: Database, receiver: Receiver, files: FileTaker, clock: HandClock
) -> None:
    picture = jpeg(exif_segment(tiff()))

    receive(receiver, ("..\\Ritning å.pdf", PDF), ("IMG_1.JPG", picture))

    [reply] = replies(store)
    pdf, photo = reply.attachments
    assert (pdf.name, pdf.media_type, pdf.size) == ("Ritning å.pdf", "application/pdf", len(PDF))
    assert (photo.name, photo.media_type) == ("IMG_1.JPG", "image/jpeg")
    assert reply.files_not_taken == []
    rows = {row.id: row for row in everything(store, MailFile)}
    assert {row.mail_id for row in rows.values()} == {reply.mail_id}
    assert [rows[each.id].position_removed for each in (pdf, photo)] == [False, True]
    kept = kept_mail_files(files.storage, store.sessions)
    assert kept.open_whole(rows[pdf.id], clock()).read() == PDF
    assert kept.open_whole(rows[photo.id], clock()).read() != picture
    kept.check_some(most_bytes=10**6, now=clock())
    assert [row.damage for row in everything(store, MailFile)] == [None, None]
    assert [rows[each.id].sha256 for each in reply.attachments] == [each.sha256 for each in reply.attachments]


def test_what_is_not_taken_is_named_with_its_reason_and_all_else_is_received(
    store: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_module, "MOST_FILES", 5)
    large = PDF + bytes(1_000_001)
    sent = [
        ("a.exe", b"MZ" * 9),
        ("tom.pdf", b""),
        ("stor.pdf", large),
        ("ok.pdf", PDF),
        ("ok2.pdf", PDF),
        ("3.pdf", PDF),
    ]

    assert receive(with_limits(receiver, of_file=1), *sent) is MailOutcome.MATCHED

    [reply] = replies(store)
    assert reply.text == "Här kommer det."
    assert [each.name for each in reply.attachments] == ["ok.pdf", "ok2.pdf"]
    reasons = [("a.exe", "file_type"), ("tom.pdf", "empty_file"), ("stor.pdf", "too_large"), ("3.pdf", "too_many")]
    assert not_taken(store) == reasons
    assert reply.files_not_taken[2].size == len(large)


def test_a_case_and_mail_without_one_have_room_for_so_much_in_a_day_and_so_has_all(
    store: Database, receiver: Receiver, clock: HandClock
) -> None:
    half = ("halv.pdf", PDF + bytes(500_000))
    narrow = with_limits(receiver, of_case=1, without_case=1, in_all=100)
    for recipient in (to(receiver), NOBODYS):
        for _ in range(2):
            receive(narrow, half, recipient=recipient)
    assert not_taken(store) == [("halv.pdf", "no_room")] * 2
    receive(with_limits(receiver, in_all=1), half)
    assert not_taken(store) == [("halv.pdf", "no_room")] * 3

    clock.move(hours=25)
    receive(narrow, half)

    assert len(everything(store, MailFile)) == 3
    assert len(replies(store)) == 6


def test_what_the_virus_scanner_finds_is_not_taken(
    store: Database, receiver: Receiver, scanner: Scanner, clock: HandClock
) -> None:
    receive(scanned(receiver, scanner.address, clock), ("ok.pdf", PDF), ("smitta.pdf", PDF + EICAR))

    assert not_taken(store) == [("smitta.pdf", "infected")]
    assert [each.name for each in replies(store)[0].attachments] == ["ok.pdf"]


def test_while_the_scanner_is_away_the_mail_stays_with_the_mail_server_and_after_some_hours_its_text_is_taken(
    store: Database, receiver: Receiver, files: FileTaker, clock: HandClock, tmp_path: Path
) -> None:
    away = scanned(receiver, "tcp://127.0.0.1:1", clock)
    raw = a_mail(files=[("ok.pdf", PDF)], Received=f"from a by b; {format_datetime(clock())}")
    with pytest.raises(NotScanned):
        away.receive(raw, envelope_from=KIM, recipient=to(receiver))
    assert everything(store, MailFile) == everything(store, ReceivedMail) == []
    assert on_disk(files, tmp_path / "files") == []

    clock.move(hours=5)
    assert away.receive(raw, envelope_from=KIM, recipient=to(receiver)) is MailOutcome.MATCHED

    assert not_taken(store) == [("ok.pdf", "not_scanned")]


def test_a_mail_that_is_not_received_leaves_no_file_and_takes_no_room(
    store: Database, receiver: Receiver, files: FileTaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("services.notify.inbound.receive.outbox.record", fail)
    with pytest.raises(OSError):
        receive(receiver, ("ok.pdf", PDF))

    assert everything(store, MailFile) == []
    assert on_disk(files, tmp_path / "files") == []


@pytest.mark.parametrize("with_rows", [True, False])
def test_a_mail_whose_files_go_before_it_is_received_is_to_come_again(
    store: Database,
    receiver: Receiver,
    files: FileTaker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    with_rows: bool,
) -> None:
    take = FileTaker.take

    def take_and_lose(self: FileTaker, *arguments: Any, **named: Any) -> TakenFiles:
        taken = take(self, *arguments, **named)
        if with_rows:
            self.discard(taken.attachments)
        for each in taken.attachments:
            self.storage.delete(each.id)
        return taken

    monkeypatch.setattr(FileTaker, "take", take_and_lose)
    with pytest.raises(FilesGone):
        receive(receiver, ("ok.pdf", PDF))

    assert everything(store, MailFile) == everything(store, ReceivedMail) == everything(store, Outbox) == []
    assert on_disk(files, tmp_path / "files") == []


def test_a_mail_that_comes_again_or_is_too_much_brings_no_file(
    store: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notify.inbound.receive.MOST_OF_SUBMISSION", 1)
    raw = a_mail(files=[("ok.pdf", PDF)])
    for outcome in (MailOutcome.MATCHED, MailOutcome.REPEATED):
        assert receiver.receive(raw, envelope_from=KIM, recipient=to(receiver)) is outcome
    monkeypatch.setattr(FileTaker, "take", lambda *_, **__: pytest.fail("files are looked at"))

    with pytest.raises(TooMuchMail):
        receive(receiver, ("annan.pdf", PDF))

    assert len(everything(store, MailFile)) == 1


def test_the_files_of_a_dismissed_mail_go_when_it_goes_and_those_of_no_mail_after_a_day(
    store: Database, receiver: Receiver, receive_batch: Receive, files: FileTaker, clock: HandClock, tmp_path: Path
) -> None:
    receive(receiver, ("reklam.pdf", PDF), recipient=NOBODYS)
    receive(receiver, ("ritning.pdf", PDF))
    receive(receiver, ("avbruten.pdf", PDF))
    with store.sessions.begin() as session:
        session.execute(update(MailFile).where(MailFile.name == "avbruten.pdf").values(mail_id=None))
    dismissed, _, _ = replies(store)
    event = MailDismissed(dismissed.mail_id, clock() + timedelta(days=90)).event(
        subject=dismissed.mail_id, municipality="2039", sequence=0, at=clock()
    )
    receive_batch(event)

    def left_after(**days: float) -> list[str]:
        clock.move(**days)
        purge(storage=files.storage, sessions=store.sessions, now=clock())
        rows = everything(store, MailFile)
        assert len(on_disk(files, tmp_path / "files")) == len(rows)
        return sorted(row.name for row in rows)

    assert left_after(hours=23) == ["avbruten.pdf", "reklam.pdf", "ritning.pdf"]
    assert left_after(hours=2) == ["reklam.pdf", "ritning.pdf"]
    assert left_after(days=90) == ["ritning.pdf"]


def test_the_largest_mail_takes_little_more_room_than_itself(receiver: Receiver) -> None:
    raw = a_mail(files=[("stor.pdf", PDF + bytes(17_000_000))])
    tracemalloc.start()
    try:
        receiver.receive(raw, envelope_from=KIM, recipient=to(receiver))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 2.2 * len(raw)
