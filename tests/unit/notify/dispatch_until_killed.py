"""A process that delivers what is due from a store, by a mail server, with leases of a second; to be killed."""

import sys
import threading
from datetime import timedelta
from pathlib import Path

from services.notify.channels.mail_builder import MailBuilder
from services.notify.channels.smtp import Smtp
from services.notify.delivery.dispatcher import Dispatcher
from shared import municipalities
from shared.clock import utc_now
from shared.database import connect
from tests.unit.notify.conftest import PUBLIC_URL, SENDER

if __name__ == "__main__":
    database_url, smtp_url = sys.argv[1:]
    tenants = {each.code: each for each in municipalities.load(Path("municipalities")).values()}
    Dispatcher(
        "killed",
        connect(database_url),
        Smtp(smtp_url, SENDER),
        MailBuilder(SENDER, PUBLIC_URL, tenants),
        utc_now,
        lease=timedelta(seconds=1),
    ).run(threading.Event())
