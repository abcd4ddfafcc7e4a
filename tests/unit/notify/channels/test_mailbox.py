"""The mailbox: a folder that mail is put in, and read from."""

from pathlib import Path
from uuid import UUID

from services.notify.channels.channel import DELIVERED, DeliveryResult, Outcome
from services.notify.channels.mailbox import Mailbox, newest, read
from tests.builders import NOON
from tests.notify import NOTIFICATION_ID, a_leased_notification, a_mail_builder


def test_a_mail_put_in_the_folder_twice_is_there_once(tmp_path: Path) -> None:
    mail = a_mail_builder().build(a_leased_notification(), "kim@example.org", NOON)

    mailbox = Mailbox(tmp_path)

    assert [mailbox.send(mail), mailbox.send(mail)] == [DELIVERED, DELIVERED]

    assert [path.name for path in tmp_path.iterdir()] == [f"{NOTIFICATION_ID}.eml"]


def test_a_folder_that_cannot_be_written_takes_no_mail_until_it_can(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.write_text("")
    mailbox = Mailbox(not_a_folder)
    mail = a_mail_builder().build(a_leased_notification(), "kim@example.org", NOON)

    assert mailbox.send(mail) == mailbox.probe() == Outcome(DeliveryResult.UNREACHABLE, "mailbox")
    not_a_folder.unlink()
    assert mailbox.probe() == mailbox.send(mail) == DELIVERED


def test_what_was_put_in_the_folder_can_be_read(tmp_path: Path) -> None:
    Mailbox(tmp_path).send(a_mail_builder().build(a_leased_notification(), "kim@example.org", NOON))

    [mail] = newest(tmp_path)
    assert mail == read(tmp_path, NOTIFICATION_ID)
    assert (mail.id, mail.to, mail.language, mail.sent_at) == (NOTIFICATION_ID, "kim@example.org", "sv", NOON)
    assert mail.subject == "Ditt ärende BN 2026-00042 är avslutat"


def test_there_is_no_mail_by_an_id_that_was_not_put_there(tmp_path: Path) -> None:
    assert read(tmp_path, UUID(int=7)) is None
