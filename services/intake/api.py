"""Intake's JSON API: e-services, uploads, submissions and how they go."""

from services.intake.attachments import api as attachments
from services.intake.context import IntakeContext
from services.intake.eservices import api as eservices
from services.intake.submissions import api as submissions
from services.intake.tracking import api as status
from shared.web.json_api import Blueprint


def blueprint(context: IntakeContext) -> Blueprint:
    """The routes under `/intake/api/v1`. All are open: whoever holds a reference or a signed link may use it."""
    routes = Blueprint("intake", __name__, url_prefix="/intake/api/v1")
    for part in (eservices, attachments, submissions, status):
        part.add(routes, context)
    return routes
