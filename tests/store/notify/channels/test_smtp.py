"""Sending by SMTP to a real server that behaves well and badly."""

import smtplib
import ssl
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.ports import free_port
from services.notify.channels.channel import DeliveryResult, Outcome
from services.notify.channels.mail import Mail, header_text, written
from services.notify.channels.smtp import Smtp
from services.notify.delivery.dispatcher import BATCH_SECONDS
from services.notify.delivery.queue import LEASE
from tests.mail_server import CLOSE_CONNECTION, MailServer, a_mail_server, started

DELIVERED = Outcome(DeliveryResult("delivered"), "ok")


def temporary(code: str) -> Outcome:
    return Outcome(DeliveryResult("temporary"), code)


def unreachable(code: str) -> Outcome:
    return Outcome(DeliveryResult("unreachable"), code)


def permanent(code: str) -> Outcome:
    return Outcome(DeliveryResult("permanent"), code)


def a_mail(to: str = "kim@example.org", subject: str = "Hej", text: str = "Hej!\n") -> Mail:
    headers = {"From": "e@kommun.example", "To": to, "Subject": header_text(subject)}
    return Mail(uuid4(), to, written(headers, text=text, html=f"<p>{text}</p>", boundary="=_part"))


def sent(smtp: Smtp, *mails: Mail) -> list[Outcome]:
    with closing(smtp.session()) as session:
        return [session.send(mail) for mail in mails]


def smtp_to(mail_server: MailServer) -> Smtp:
    return Smtp(mail_server.url, "e@kommun.example", timeout=2)


def test_mail_is_delivered_and_a_batch_shares_one_connection(mail_server: MailServer) -> None:
    assert sent(smtp_to(mail_server), a_mail(subject="ett"), a_mail(subject="två")) == [DELIVERED, DELIVERED]
    assert mail_server.subjects == ["ett", "två"]
    assert mail_server.connections == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("450 later", temporary("450")),
        ("421 closing", temporary("421")),
        ("550 nobody here", permanent("550")),
    ],
)
def test_a_refused_recipient_holds_up_nobody_else(mail_server: MailServer, reply: str, outcome: Outcome) -> None:
    mail_server.recipient_replies["bo@example.org"] = deque([reply])

    assert sent(smtp_to(mail_server), a_mail("bo@example.org"), a_mail()) == [outcome, DELIVERED]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("452 full", temporary("452")), ("554 unwanted", permanent("554"))],
)
def test_contents_may_be_refused_temporarily_or_permanently(
    mail_server: MailServer, reply: str, outcome: Outcome
) -> None:
    mail_server.content_replies.append(reply)

    assert sent(smtp_to(mail_server), a_mail(), a_mail()) == [outcome, DELIVERED]


def test_a_connection_lost_after_the_contents_is_tried_again_later(mail_server: MailServer) -> None:
    mail_server.content_replies.append(CLOSE_CONNECTION)

    assert sent(smtp_to(mail_server), a_mail(), a_mail()) == [temporary("connection"), DELIVERED]
    assert mail_server.connections == 2


def test_a_server_that_is_slow_to_accept_the_contents_gets_them_once(mail_server: MailServer) -> None:
    mail_server.content_delay = 0.6
    impatient = Smtp(mail_server.url, "e@kommun.example", timeout=0.2, patience=10)

    assert sent(impatient, a_mail(), a_mail()) == [DELIVERED, DELIVERED]
    assert len(mail_server.mails) == 2


def test_nobody_waits_for_a_server_that_is_slow_to_close(mail_server: MailServer) -> None:
    mail_server.quit_delay = 5
    begun = time.monotonic()

    assert sent(Smtp(mail_server.url, "e@kommun.example", timeout=0.2, patience=10), a_mail()) == [DELIVERED]
    assert time.monotonic() - begun < 2


def test_a_server_that_is_down_keeps_no_batch_waiting_and_is_found_when_it_is_up() -> None:
    mail_server = MailServer(free_port())
    smtp = smtp_to(mail_server)

    assert sent(smtp, a_mail(), a_mail()) == [unreachable("connection")] * 2
    with started(mail_server):
        assert sent(smtp, a_mail()) == [DELIVERED]


def test_a_kept_connection_that_the_server_has_closed_is_made_again_and_the_mail_sent_once() -> None:
    mail_server = MailServer(free_port())
    with closing(smtp_to(mail_server).session()) as session:
        with started(mail_server):
            assert session.send(a_mail(subject="ett")) == DELIVERED
        with started(mail_server):
            assert session.send(a_mail(subject="två")) == DELIVERED

    assert mail_server.subjects == ["ett", "två"]


@pytest.mark.parametrize("reply", ["421 idle for too long", "452 too many on this connection", "550 too many"])
def test_a_kept_connection_of_which_the_server_has_had_enough_is_made_again(
    mail_server: MailServer, reply: str
) -> None:
    with closing(smtp_to(mail_server).session()) as session:
        assert session.send(a_mail()) == DELIVERED
        mail_server.from_replies.append(reply)
        assert session.send(a_mail()) == DELIVERED

    assert len(mail_server.mails) == mail_server.connections == 2


@pytest.mark.parametrize("reply", ["421 too busy", "451 not now", "550 not from you"])
def test_a_server_that_takes_nothing_from_us_is_unreachable_until_a_probe_reaches_it(
    mail_server: MailServer, reply: str
) -> None:
    mail_server.from_replies.extend([reply] * 2)

    with closing(smtp_to(mail_server).session()) as session:
        assert session.send(a_mail()) == session.probe() == unreachable(reply[:3])
        assert session.probe() == session.send(a_mail()) == DELIVERED
    assert len(mail_server.mails) == 1


def test_what_is_written_is_what_is_read(mail_server: MailServer) -> None:
    text = "Hej på dig!\n.\n..två punkter\n.en punkt\n" + "Å" * 3000 + "\nFrån början \n"

    assert sent(smtp_to(mail_server), a_mail(text=text)) == [DELIVERED]

    [mail] = mail_server.mails
    plain, html = mail.iter_parts()
    assert [part.get_content().replace("\r\n", "\n") for part in (plain, html)] == [text, f"<p>{text}</p>"]  # type: ignore[attr-defined]


def test_a_mail_takes_less_time_than_its_lease() -> None:
    smtp = Smtp("smtp://mail.example.se", "e@kommun.example")

    assert 10 * smtp.timeout + smtp.patience + BATCH_SECONDS < LEASE.total_seconds()


def test_an_address_that_the_server_cannot_write_is_refused_permanently() -> None:
    with a_mail_server() as mail_server, a_mail_server(enable_SMTPUTF8=False) as old:
        assert sent(smtp_to(mail_server), a_mail("åke@example.org")) == [DELIVERED]
        assert sent(smtp_to(old), a_mail("åke@example.org")) == [permanent("address_not_supported")]


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A server's TLS, with a certificate that this machine trusts for the length of a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return context


def starttls_to(mail_server: MailServer, password: str = "h%40mlig%2Ft") -> Smtp:
    return Smtp(f"smtp+starttls://kommun:{password}@127.0.0.1:{mail_server.port}", "e@kommun.example", timeout=2)


def test_starttls_encrypts_before_signing_in(trusted: ssl.SSLContext) -> None:
    with a_mail_server(tls_context=trusted, require_starttls=True, auth_required=True) as mail_server:
        assert sent(starttls_to(mail_server), a_mail()) == [DELIVERED]
        assert mail_server.signed_in == ["kommun"]


def test_a_wrong_password_is_temporary_so_no_mail_is_given_up(trusted: ssl.SSLContext) -> None:
    with a_mail_server(tls_context=trusted, require_starttls=True, auth_required=True) as mail_server:
        assert sent(starttls_to(mail_server, "fel"), a_mail()) == [unreachable("authentication")]


def test_a_server_that_is_not_trusted_gets_no_mail(trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with a_mail_server(tls_context=trusted, require_starttls=True) as mail_server:
        assert sent(starttls_to(mail_server), a_mail()) == [unreachable("tls")]
        assert mail_server.mails == []


def test_smtps_encrypts_from_the_start(trusted: ssl.SSLContext) -> None:
    with a_mail_server(ssl_context=trusted) as mail_server:
        assert sent(Smtp(f"smtps://127.0.0.1:{mail_server.port}", "e@kommun.example"), a_mail()) == [DELIVERED]


def test_a_server_without_encryption_gets_no_password() -> None:
    with a_mail_server() as mail_server, pytest.raises(smtplib.SMTPNotSupportedError):
        starttls_to(mail_server).connect()
