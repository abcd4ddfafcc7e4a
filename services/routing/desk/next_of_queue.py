"""Going on to the next case of a queue, once one has been handled."""

from flask import flash, g, redirect, url_for
from werkzeug.wrappers import Response

from services.routing.actions.claim import CLAIM
from services.routing.context import RoutingContext
from services.routing.queues.claim_next import QueueNotTaken, claim_next
from services.routing.queues.overview import QueueNotFound
from shared.web.languages import gettext


def next_of_queue(context: RoutingContext, queue: str, *, key: str) -> Response:
    """The officer's next case of the queue, claimed; the queue where none is left.

    `key` is that of the form: sent twice, it is the same case.
    """
    officer = context.officer(g.identity)
    organisation = context.organisation_of(officer)
    try:
        claimed = claim_next(officer, queue, organisation, key=f"{key}-next", **context.store_and_time())
    except (QueueNotFound, QueueNotTaken):
        return redirect(url_for("desk.queues"), 303)
    if claimed is None:
        flash(gettext("Nothing more waits in this queue."))
        return redirect(url_for("desk.queue", code=queue), 303)
    flash(gettext(CLAIM.confirmation.text, number=claimed.number))
    return redirect(url_for("desk.case", case_id=claimed.case_id), 303)
