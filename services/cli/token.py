"""`arende token`: a bearer token to try the API with."""

import os

import click

from services.standalone.config import Settings
from services.standalone.demo_data import PEOPLE
from services.standalone.demo_token import NoToken, access_token
from shared.settings import load

SUBJECTS = [person.subject for person in PEOPLE]


@click.command("token")
@click.option("--as", "subject", default="anna.andersson", show_default=True, help="Who to sign in.")
def command(subject: str) -> None:
    """Print an access token of one of the demo people.

    ARENDE_OIDC_ISSUER is the demo provider's address, when it is not that of `arende up`.
    """
    if subject not in SUBJECTS:
        raise click.ClickException(f"{subject} is none of the demo people: {', '.join(SUBJECTS)}")
    issuer = os.environ.get("ARENDE_OIDC_ISSUER") or load(Settings, os.environ).origin
    try:
        click.echo(access_token(issuer, subject))
    except NoToken as error:
        raise click.ClickException(str(error)) from error
