"""What was done with a case, shown on the next page, where that is not the case's own."""

from uuid import UUID

from flask import flash, url_for
from markupsafe import Markup, escape

from shared.web.languages import gettext

_NUMBER = "\0"


def confirm(text: str, case_id: UUID, number: str) -> None:
    """Show the text, whose `%(number)s` is the case's and leads to it."""
    link = Markup('<a class="number" href="{}">{}</a>').format(url_for("desk.case", case_id=case_id), number)
    flash(escape(gettext(text, number=_NUMBER)).replace(_NUMBER, link))
