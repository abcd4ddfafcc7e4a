"""The challenge where a limit is reached: to wait a little before the same form is sent again.

It needs no third party, no JavaScript, no picture and no riddle: whoever can fill in the form can wait
(docs/decisions/0014). The proof is signed and goes with the form, so that nothing is stored.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from prometheus_client import Counter

LONGEST_TOKEN = 300  # characters
GOOD_FOR = timedelta(hours=1)

PASSED = Counter("intake_waits_passed", "Forms sent again after the wait that was asked for.")


@dataclass(frozen=True)
class Wait:
    """What a form is shown with: the signed moment from which it may be sent, and the seconds until then."""

    token: str
    seconds: int


class Waiting:
    """Asks for waits of so many seconds, and knows whether one is over. `key` signs."""

    def __init__(self, key: str, seconds: int) -> None:
        self._serializer = URLSafeSerializer(key, salt="arende wait")
        self._seconds = seconds

    def begin(self, form: str, token: str, now: datetime) -> Wait:
        """The wait of the form with this key: that which has begun by the token that came with it, or a new one."""
        over_at = self._over_at(form, token) or now + timedelta(seconds=self._seconds)
        signed = str(self._serializer.dumps([form, over_at.isoformat()]))
        return Wait(signed, max(1, round((over_at - now).total_seconds())))

    def is_over(self, form: str, token: str, now: datetime) -> bool:
        """Whether the token was given for this form and its wait is over, not long ago."""
        over_at = self._over_at(form, token)
        return over_at is not None and over_at <= now < over_at + GOOD_FOR

    def _over_at(self, form: str, token: str) -> datetime | None:
        if len(token) > LONGEST_TOKEN:
            return None
        try:
            of_form, over_at = self._serializer.loads(token)
        except BadSignature:
            return None
        return datetime.fromisoformat(over_at) if of_form == form else None
