"""What the embedded default shows at its first start: demo submissions and macros, by the API, and where to look."""

import time
from pathlib import Path

import httpx
import structlog

from services.standalone.demo_data import MACROS, PEOPLE, SUBMISSIONS
from services.standalone.demo_token import NoToken, access_token

START_SECONDS = 60

log = structlog.get_logger(__name__)


def wait_until_ready(origin: str) -> None:
    """Return when the services answer at the origin; TimeoutError when they do not within a minute."""
    give_up_at = time.monotonic() + START_SECONDS
    with httpx.Client(timeout=5) as client:
        while time.monotonic() < give_up_at:
            try:
                if client.get(f"{origin}/readyz").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise TimeoutError(f"{origin}/readyz did not answer")


def write_demo_data(origin: str) -> None:
    """Send the demo submissions and write the demo macros; where the services end meanwhile, some of them lack."""
    try:
        submit_some(origin)
        write_macros(origin)
    except httpx.TransportError as error:
        log.warning("demo_data_incomplete", error=str(error))


def submit_some(origin: str) -> None:
    """Send the demo submissions through the API; one whose e-service is not offered, or has changed, is left out."""
    with httpx.Client(timeout=START_SECONDS) as client:
        for number, (slug, submission) in enumerate(SUBMISSIONS, start=1):
            answer = client.post(
                f"{origin}/intake/api/v1/municipalities/{slug}/submissions",
                json=submission,
                headers={"Idempotency-Key": f"demo-{number}"},
            )
            if answer.is_error:
                log.warning("demo_submission_rejected", number=number, status=answer.status_code)


def write_macros(origin: str) -> None:
    """Have the demo people write their macros through the API; one that is not taken is left out."""
    with httpx.Client(timeout=START_SECONDS) as client:
        for number, (subject, macro) in enumerate(MACROS, start=1):
            try:
                bearer = {"Authorization": f"Bearer {access_token(origin, subject)}"}
            except NoToken as error:
                log.warning("demo_macro_rejected", number=number, error=str(error))
                continue
            headers = bearer | {"Idempotency-Key": f"demo-{number}"}
            answer = client.post(f"{origin}/routing/api/v1/macros", json=macro, headers=headers)
            if answer.is_error:
                log.warning("demo_macro_rejected", number=number, status=answer.status_code)


def text(origin: str, var: Path) -> str:
    """The text that the terminal shows once everything answers."""
    people = "\n".join(f"    {each.subject:<16} {each.description}" for each in PEOPLE)
    return f"""
Ärende is running.

  Start here           {origin}/
  Case officers' desk  {origin}/desk/
  Mailbox              {origin}/mailbox/

  Sign in at the desk as
{people}

  Everything is kept in {var}/, the log in {var}/arende.log. Ctrl-C stops it; nothing is lost.
"""
