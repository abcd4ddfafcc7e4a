"""What stops the start."""

import pytest
from cryptography.fernet import Fernet

from services.notify.settings import Settings
from services.notify.worker import channel
from shared.settings import BadSetting, load

ENVIRON = {
    "NOTIFY_DATABASE_URL": "sqlite:///notify.sqlite",
    "ARENDE_BROKER_URL": "memory://arende",
    "ARENDE_EVENT_KEYS": Fernet.generate_key().decode(),
    "ARENDE_PUBLIC_URL": "https://e.example.se/",
    "NOTIFY_SECRET_KEY": "k" * 32,
    "ARENDE_OIDC_ISSUER": "https://login.example.se",
    "NOTIFY_SENDER": "e-tjanster@kommun.example",
    "NOTIFY_MAILBOX": "var/mailbox",
    "NOTIFY_MAIL_FILES": "tests",
    "ARENDE_LINK_KEY": "l" * 32,
}
SENT = {**ENVIRON, "NOTIFY_MAILBOX": ""}


def test_mail_goes_to_a_folder_or_to_a_server() -> None:
    to_folder = load(Settings, ENVIRON)
    to_server = load(Settings, SENT | {"NOTIFY_SMTP_URL": "smtps://kommun:x@mail.example.se"})

    assert (channel(to_folder).name, channel(to_server).name) == ("mailbox", "smtp")
    assert to_folder.public_url == "https://e.example.se"


@pytest.mark.parametrize("environ", [SENT, ENVIRON | {"NOTIFY_SMTP_URL": "smtp://mail.example.se"}])
def test_mail_must_have_exactly_one_way_to_go(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"^NOTIFY_SMTP_URL and NOTIFY_MAILBOX: set exactly one of them"):
        load(Settings, environ)


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.se",
        "https://mail.example.se",
        "smtp://",
        "smtp://mail.example.se:0",
        "smtp://mail.example.se:70000",
        "smtp://mail.example.se:post",
        "smtp://kommun:x@mail.example.se",
    ],
)
def test_a_mail_server_must_be_one_and_get_no_password_in_clear(address: str) -> None:
    with pytest.raises(BadSetting, match=r"^NOTIFY_SMTP_URL is wrong"):
        load(Settings, SENT | {"NOTIFY_SMTP_URL": address})


@pytest.mark.parametrize("address", ["kommun", "Kommun <e@kommun.example>", "a@kommun.example, b@kommun.example"])
def test_the_from_address_must_be_one_address(address: str) -> None:
    with pytest.raises(BadSetting, match=r"^NOTIFY_SENDER is wrong"):
        load(Settings, ENVIRON | {"NOTIFY_SENDER": address})


def test_a_from_address_in_a_domain_with_other_characters_than_ascii_is_one_in_punycode() -> None:
    settings = load(Settings, ENVIRON | {"NOTIFY_SENDER": "e-tjanster@Räksmörgås.example"})

    assert settings.from_address == "e-tjanster@xn--rksmrgs-5wao1o.example"


def test_a_from_address_must_be_one_that_every_mail_server_can_write() -> None:
    with pytest.raises(BadSetting, match=r"^NOTIFY_SENDER is wrong \(has other characters than ASCII before its @"):
        load(Settings, ENVIRON | {"NOTIFY_SENDER": "e-tjänster@kommun.example"})


def test_domains_without_a_limit_are_read_with_commas_between() -> None:
    assert not load(Settings, ENVIRON).unlimited_domains
    limited = load(Settings, ENVIRON | {"NOTIFY_UNLIMITED_DOMAINS": "@Kommun.example, bolag.example,"})
    assert limited.unlimited_domains == ("kommun.example", "bolag.example")


def test_a_domain_without_a_limit_must_be_one() -> None:
    with pytest.raises(BadSetting, match=r"^NOTIFY_UNLIMITED_DOMAINS is wrong \(must be domains"):
        load(Settings, ENVIRON | {"NOTIFY_UNLIMITED_DOMAINS": "kim@kommun.example"})


def test_without_a_from_address_nothing_starts() -> None:
    with pytest.raises(BadSetting, match=r"^NOTIFY_SENDER is not set"):
        load(Settings, ENVIRON | {"NOTIFY_SENDER": ""})
