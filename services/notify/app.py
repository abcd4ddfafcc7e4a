"""Notify's web app: the composition root of its API and, where mail goes to a folder, of the mailbox pages."""

from pathlib import Path

from flask import Flask

from services.notify.channels import pages
from services.notify.delivery import api
from services.notify.inbound.receive import Receiver
from services.notify.inbound.reply_addresses import ReplyAddresses
from services.notify.mail_files import api as mail_files
from services.notify.mail_files.take import FileTaker, MailFileLimits, kept_mail_files
from services.notify.settings import Settings
from shared import municipalities
from shared.clock import Clock, utc_now
from shared.database import Database, connect
from shared.files.storage import Storage
from shared.web import identity, languages
from shared.web.app import app_from_environment, web_app
from shared.web.json_api import smorest_api

TEXTS = Path(__file__).parent / "texts"


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """The app, ready to serve. It handles no events and sends no mail: the worker does."""
    database, storage = connect(settings.database_url), Storage(settings.mail_files)
    app = web_app(
        __name__,
        service="notify",
        secret_key=settings.secret_key,
        checks={"database": database.check, "mail_files": storage.check},
        public_url=settings.public_url,
    )
    languages.install(app, TEXTS)
    identity.install(app, identity.Verifier(settings.oidc_issuer, settings.oidc_audience, clock=clock))
    documented = smorest_api(
        app,
        title="Ärende notify",
        description="The notifications to submitters, how their delivery went, and files of mail.",
    )
    documented.register_blueprint(api.blueprint(database.sessions, clock))
    kept = kept_mail_files(storage, database.sessions)
    documented.register_blueprint(mail_files.blueprint(kept, settings.link_key, clock))
    if settings.mailbox:
        app.register_blueprint(pages.blueprint(settings.mailbox, _receiver(settings, database, storage, clock)))
    return app


def _receiver(settings: Settings, database: Database, storage: Storage, clock: Clock) -> Receiver:
    tenants = municipalities.live("notify", settings.municipalities)
    limits = MailFileLimits.of(settings)
    return Receiver(
        database.sessions,
        lambda: list(tenants.current.values()),
        ReplyAddresses(settings.secret_key),
        settings.from_address,
        clock,
        FileTaker(storage, database.sessions, limits, settings.virus_scanner()),
    )


def application() -> Flask:
    """The app that gunicorn serves."""
    return app_from_environment("notify", Settings, create_app)
