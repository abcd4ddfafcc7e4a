"""Signed links: who has the link may open the one thing that it names, for a limited time."""

from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

_SALT = "arende link"


class LinkInvalid(Exception):
    """The signature was not made with our key, or was changed."""


class LinkExpired(Exception):
    """The signature is ours, and too old."""


def sign(key: str, value: Any, *, salt: str = _SALT) -> str:
    """A text fit for a URL that carries the value (what JSON can hold) and proves that we made it.

    What was signed with one `salt` cannot be read with another.
    """
    return str(URLSafeTimedSerializer(key, salt=salt).dumps(value))


def read(key: str, signature: str, max_age: int, *, salt: str = _SALT) -> Any:
    """The value that `sign` was given, at most `max_age` seconds ago. Raises LinkInvalid or LinkExpired."""
    try:
        return URLSafeTimedSerializer(key, salt=salt).loads(signature, max_age=max_age)
    except SignatureExpired as error:
        raise LinkExpired from error
    except BadSignature as error:
        raise LinkInvalid from error


def document_address(public_url: str, key: str, document_id: str, *, view: bool) -> str:
    """The address at routing of a document that an officer sent, signed; `view`: to be shown by the browser."""
    shown = "&view=true" if view else ""
    return f"{public_url}/routing/api/v1/documents/{document_id}?signature={sign(key, document_id)}{shown}"
