"""The facts that rules may look at: what is known of every submission, and what its e-service gives."""

from collections.abc import Iterable, Mapping

from shared.conditions.condition import Facts
from shared.conditions.fact_types import FactKind, FactType
from shared.events.intake import ArrivalChannel, SubmissionReceived
from shared.municipalities import LANGUAGES
from shared.swedish.time import STOCKHOLM

E_SERVICE = "e_service"
CHANNELS = (E_SERVICE, *ArrivalChannel)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def facts_of(received: SubmissionReceived) -> Facts:
    """Every fact of a submission by name, `facts.<name>` for what the e-service gives; times as in Sweden.

    Of what an officer has entered, weekday and time are those of the entering: its hour of arrival is not known.
    """
    at = received.received_at.astimezone(STOCKHOLM)
    return {
        "eservice": received.eservice,
        "channel": str(received.arrival.channel) if received.arrival else E_SERVICE,
        "language": received.language,
        "anonymous": received.submitter is None,
        "has_attachments": bool(received.attachments),
        "outside_municipality": received.outside_municipality,
        "weekday": WEEKDAYS[at.weekday()],
        "time_of_day": f"{at:%H:%M}",
        "received_hour": at.hour,
        **{f"facts.{name}": value for name, value in received.facts.items()},
    }


def types_of_every_submission(eservices: Iterable[str]) -> Mapping[str, FactType]:
    """What `facts_of` gives of every submission, where these e-services are offered."""
    return {
        "eservice": FactType(FactKind.CHOICE, tuple(eservices), option_name="e-service"),
        "channel": FactType(FactKind.CHOICE, tuple(map(str, CHANNELS)), option_name="channel"),
        "language": FactType(FactKind.CHOICE, LANGUAGES, option_name="language"),
        "anonymous": FactType(FactKind.TRUTH),
        "has_attachments": FactType(FactKind.TRUTH),
        "outside_municipality": FactType(FactKind.TRUTH),
        "weekday": FactType(FactKind.CHOICE, WEEKDAYS, option_name="weekday"),
        "time_of_day": FactType(FactKind.TIME_OF_DAY),
        "received_hour": FactType(FactKind.NUMBER, minimum=0, maximum=23),
    }
