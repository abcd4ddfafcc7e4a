"""A process that delivers what is due from a store, by a mail server; to be killed."""

import sys
import threading

from services.notify.channels.smtp import Smtp
from services.notify.delivery.dispatcher import Dispatcher
from shared.clock import utc_now
from shared.database import connect
from tests.notify import FROM_ADDRESS, a_mail_builder

if __name__ == "__main__":
    database_url, smtp_url = sys.argv[1:]
    smtp = Smtp(smtp_url, FROM_ADDRESS)
    Dispatcher("killed", connect(database_url), smtp, a_mail_builder(), utc_now).run(threading.Event())
