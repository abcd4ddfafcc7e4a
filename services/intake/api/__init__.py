"""Intake's JSON API: e-services, uploads, submissions and how they go."""

from services.intake.api import attachments, eservices, status, submissions
from services.intake.reception import Reception
from shared.web.parsing import Blueprint


def blueprint(reception: Reception) -> Blueprint:
    """The routes under `/intake/api/v1`. All are open: whoever holds a reference or a signed link may use it."""
    routes = Blueprint("intake", __name__, url_prefix="/intake/api/v1")
    for part in (eservices, attachments, submissions, status):
        part.add(routes, reception)
    return routes
