"""How the API shows a leader's figures and expected times, and what it and the desk are asked for."""

from marshmallow import Schema, fields, validate

from services.routing.statistics.figures import Age


class StatisticsQuery(Schema):
    """Of which cases."""

    queue = fields.Str(
        load_default=None, validate=validate.Length(max=80), metadata={"description": "Leave out for all of them."}
    )
    eservice = fields.Str(
        load_default=None, validate=validate.Length(max=80), metadata={"description": "Leave out for all of them."}
    )


class WeekSchema(Schema):
    """What came in and what ended in a week."""

    begins = fields.Date(required=True, metadata={"description": "Its Monday."})
    received = fields.Int(required=True)
    ended = fields.Int(required=True)
    ended_in_time = fields.Int(required=True)
    ended_late = fields.Int(required=True)
    ended_without_deadline = fields.Int(required=True)


class DueWeekSchema(Schema):
    """Open cases whose last day is in a coming week."""

    begins = fields.Date(required=True, metadata={"description": "Its Monday."})
    due = fields.Int(required=True)
    late_by_then = fields.Int(
        required=True,
        metadata={"description": "So many will be late at its end, if as many end in a week as in the last eight."},
    )


class OfficerLoadSchema(Schema):
    """An officer's open cases."""

    subject = fields.Str(required=True)
    name = fields.Str(required=True)
    open = fields.Int(required=True)
    overdue = fields.Int(required=True)


class ExpectedTimeSchema(Schema):
    """How many days the cases of an e-service took that ended within the last year."""

    cases = fields.Int(required=True)
    median_days = fields.Int(required=True)
    ninetieth_days = fields.Int(required=True, metadata={"description": "Nine of ten took no longer."})
    median_days_in_queue = fields.Int(required=True, metadata={"description": "Until an officer took them."})
    ninetieth_days_in_queue = fields.Int(required=True)


class ReportSchema(Schema):
    """The figures of the boards that you may see, of one moment."""

    taken_at = fields.AwareDateTime(required=True, allow_none=True)
    open = fields.Int(required=True)
    overdue = fields.Int(required=True)
    without_deadline = fields.Int(required=True)
    share_in_time = fields.Float(
        required=True, allow_none=True, metadata={"description": "Of those with a deadline that ended; 0 to 1."}
    )
    pace = fields.Float(required=True, metadata={"description": "Cases that ended in a week, of the last eight."})
    weeks = fields.List(fields.Nested(WeekSchema), required=True)
    ages = fields.Dict(
        keys=fields.Str(validate=validate.OneOf([str(age) for age in Age])),
        values=fields.Int(),
        required=True,
        metadata={"description": "Open cases by how long they have been here."},
    )
    due = fields.List(fields.Nested(DueWeekSchema), required=True)
    officers = fields.List(
        fields.Nested(OfficerLoadSchema),
        required=True,
        allow_none=True,
        metadata={"description": "Null for those who lead nobody."},
    )
    expected = fields.Dict(
        keys=fields.Str(),
        values=fields.Nested(ExpectedTimeSchema),
        required=True,
        metadata={"description": "By e-service, of those that enough cases are known of."},
    )
