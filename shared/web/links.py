"""Signed links: whoever holds the link may open the one thing that it names, for a while."""

from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from shared.web.problems import Problem

_SALT = "arende link"


def sign(key: str, value: Any) -> str:
    """A text fit for a URL that carries the value (what JSON can say) and proves that we made it."""
    return str(URLSafeTimedSerializer(key, salt=_SALT).dumps(value))


def verify(key: str, signature: str, max_age: int) -> Any:
    """The value that `sign` was given, at most `max_age` seconds ago.

    Raises Problem 403 when the signature is not ours, 410 when it is too old.
    """
    try:
        return URLSafeTimedSerializer(key, salt=_SALT).loads(signature, max_age=max_age)
    except SignatureExpired as fault:
        raise Problem(410, "link-expired", detail="The link has expired. Ask for a new one.") from fault
    except BadSignature as fault:
        raise Problem(403, "link-invalid", detail="The link is not valid.") from fault
