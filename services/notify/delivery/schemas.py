"""Requests and responses of the API of notifications."""

from marshmallow import Schema, fields, validate

from services.notify.channels.channel import DeliveryResult
from services.notify.delivery.models import NotificationState
from shared.web.paging import PageQuery, PageSchema


class NotificationsQuery(PageQuery):
    """Which notifications to list."""

    submission_id = fields.UUID(metadata={"description": "Only those about this submission."})
    state = fields.Str(
        validate=validate.OneOf([*NotificationState]),
        metadata={"description": "Only those in this state, as `failed`."},
    )
    message = fields.Str(validate=validate.Length(max=50), metadata={"description": "Only this message, as `decided`."})


class DeliverySchema(Schema):
    """One attempt: `result` is `delivered`, `temporary` or `permanent`; `code` is the reason."""

    attempted_at = fields.AwareDateTime(required=True)
    channel = fields.Str(required=True)
    result = fields.Str(required=True, validate=validate.OneOf([each for each in DeliveryResult if each.was_attempted]))
    code = fields.Str(required=True)


class NotificationSchema(Schema):
    """One message to one submitter. `cause` is the reason why it failed, was skipped or is tried again."""

    id = fields.UUID(required=True, attribute="notification.id")
    submission_id = fields.UUID(required=True, attribute="notification.submission_id")
    eservice = fields.Str(required=True, attribute="notification.eservice")
    message = fields.Str(required=True, attribute="notification.message")
    occurred_at = fields.AwareDateTime(required=True, attribute="notification.occurred_at")
    state = fields.Str(required=True, attribute="notification.state", validate=validate.OneOf([*NotificationState]))
    cause = fields.Str(required=True, allow_none=True, attribute="notification.cause")
    attempts = fields.Int(required=True, attribute="notification.attempts")
    next_attempt_at = fields.AwareDateTime(required=True, allow_none=True, attribute="notification.next_attempt_at")
    ended_at = fields.AwareDateTime(required=True, allow_none=True, attribute="notification.ended_at")
    recipient = fields.Str(required=True, allow_none=True, metadata={"description": "Masked, as `a…@example.org`."})
    deliveries = fields.List(fields.Nested(DeliverySchema), required=True)


class NotificationPageSchema(PageSchema):
    """One page, the newest first."""

    items = fields.List(fields.Nested(NotificationSchema), required=True)


class RetrySchema(Schema):
    """An officer's request to try a failed notification again."""

    id = fields.UUID(required=True)
    notification_id = fields.UUID(required=True)
    requested_at = fields.AwareDateTime(required=True)
