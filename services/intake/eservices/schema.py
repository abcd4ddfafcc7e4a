"""What a definition file must look like: one marshmallow schema, which finds every error at once."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.intake.eservices.checks import (
    check_case_title,
    check_files,
    check_identity_proof,
    check_opening,
    check_retention,
    check_submitter,
)
from services.intake.eservices.condition_checks import always_shown, check_conditions, check_names, check_pages
from services.intake.eservices.definition import (
    Agreement,
    EService,
    Page,
    Prefill,
    Repeat,
    Section,
    SubmitterFields,
    TextBlock,
    TextBlockKind,
)
from services.intake.eservices.identity import Identity
from services.intake.eservices.opening import LocalTime, exists
from services.intake.eservices.prefill_checks import check_prefill
from services.intake.forms.fields import keys
from services.intake.forms.fields.registry import FieldDefinition
from shared.events.intake import Deadline, Extension, Outcome, OutcomeRetention, Period, Retention
from shared.file_schema import EnumValue, FileSchema, OneOf
from shared.swedish.law import AppealAuthority, DeadlineUnit, LegalRegime, OnExpiry, Registration, RestartCause
from shared.validation import described


class LocalTimeKey(fields.Field[LocalTime]):
    """A day, or a day with a time of day in Sweden, whose zone is not written: `2026-03-01`, `2026-03-01 12:00`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> LocalTime:
        written = _moment(value) if isinstance(value, str) else value
        if not isinstance(written, date) or not 2000 <= written.year <= 2200:
            raise ValidationError("must be a day, 2026-03-01, or a day and a time, 2026-03-01 12:00")
        if isinstance(written, datetime) and (written.tzinfo or not exists(written)):
            raise ValidationError("must be a time that clocks in Sweden show, without a zone")
        return written


def _moment(text: str) -> LocalTime | None:
    for kind in (date, datetime):
        with suppress(ValueError):
            return kind.fromisoformat(text)
    return None


class TextBlockSchema(FileSchema):
    """A text between questions: paragraphs, lists and links as in Markdown."""

    type = EnumValue(TextBlockKind, required=True)
    text = keys.text()
    summary = keys.text(required=False, metadata=described("What is seen of `details` before they are unfolded."))
    show_if = keys.Conditions(metadata=described("The text is shown only where this holds."))

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """Details have a summary, others none."""
        if (data["type"] is TextBlockKind.DETAILS) != ("summary" in data):
            raise ValidationError("is for details, which must have it", "summary")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> TextBlock:
        """As a dataclass."""
        return TextBlock(kind=data.pop("type"), **data)


class ContentDefinition(FieldDefinition):
    """A question, or a text between questions, by its `type`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if isinstance(value, dict) and value.get("type") in set(TextBlockKind) and "name" not in value:
            return TextBlockSchema().load(value)
        return super()._deserialize(value, attr, data, **options)


class RepeatSchema(FileSchema):
    """How a section is answered several times."""

    name = keys.name(metadata=described("Unique in the form: what the answers to all entries are called."))
    entry = keys.text(metadata=described("What one entry is called, as `barn` and `child`."))
    least = fields.Int(strict=True, validate=validate.Range(0, 50), metadata=described("0 when left out."))
    most = fields.Int(strict=True, validate=validate.Range(1, 50), metadata=described("20 when left out."))
    heading = keys.text(
        required=False, metadata=described("Above each entry, with `{field}` for its answers; else it is numbered.")
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Repeat:
        """As a dataclass."""
        return Repeat(**data)


class SectionSchema(FileSchema):
    """A group of questions."""

    heading = keys.text(required=False)
    show_if = keys.Conditions(metadata=described("The questions are asked only where this holds."))
    repeat = fields.Nested(RepeatSchema, metadata=described("The questions are answered several times."))
    content = fields.List(
        ContentDefinition(),
        required=True,
        data_key="fields",
        validate=keys.filled,
        metadata=described("The questions, and texts between them, in the order of the form."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Section:
        """As a dataclass."""
        return Section(**keys.with_tuples(data))


class PrefillSchema(FileSchema):
    """From where a page is prefilled; the submitter may change all of it, or decline it."""

    register = fields.Str(
        required=True,
        validate=keys.code,
        metadata=described("The register that is asked, as `INTAKE_REGISTERS` has it."),
    )
    label = keys.text(metadata=described("What people call the register, in the middle of a sentence."))
    by = fields.Str(
        required=True, metadata=described("The question of an earlier page whose answer the register is asked about.")
    )
    into = fields.Dict(
        keys=fields.Str(),
        values=fields.Str(validate=keys.code),
        required=True,
        validate=keys.filled,
        metadata=described("The page's questions, each with the name that the register gives its fact."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Prefill:
        """As a dataclass."""
        return Prefill(**data)


class PageSchema(FileSchema):
    """A page of the form."""

    code = keys.name(metadata=described("Unique in the form; it stands in the page's address."))
    title = keys.text(metadata=described("The page's heading."))
    show_if = keys.Conditions(metadata=described("The page is shown only where this holds."))
    exit = fields.Bool(
        metadata=described("It turns those who come to it away: nothing is sent. It has texts, and no questions.")
    )
    prefill = fields.Nested(PrefillSchema, metadata=described("Its questions are prefilled from a register."))
    sections = fields.List(
        fields.Nested(SectionSchema),
        required=True,
        validate=keys.filled,
        metadata=described("Groups of questions, in the order of the page."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Page:
        """As a dataclass."""
        return Page(is_exit=data.pop("exit", False), **keys.with_tuples(data))


class AgreementSchema(FileSchema):
    """What answers must agree about."""

    require = keys.Conditions(
        required=True,
        metadata=described(
            "What must hold, where all its facts are answered; `value: {fact: name}` is another answer."
        ),
    )
    at = fields.Str(
        required=True,
        metadata=described(
            "The question, or repeated section, at which the message stands; it is asked of each entry that has it."
        ),
    )
    message = keys.text(metadata=described("What is wrong where it does not hold."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Agreement:
        """As a dataclass."""
        return Agreement(**data)


class PeriodSchema(FileSchema):
    """A length of time."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = EnumValue(DeadlineUnit, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Period:
        """As a dataclass."""
        return Period(**data)


class ExtensionSchema(FileSchema):
    """By how much the board may extend the deadline, before it has run out."""

    most = fields.Int(
        required=True,
        strict=True,
        validate=validate.Range(1, 400),
        metadata=described("The longest extension, in `unit`."),
    )
    unit = EnumValue(DeadlineUnit, required=True)
    times = fields.Int(
        load_default=1,
        strict=True,
        validate=validate.Range(1, 20),
        metadata=described("How often; once if left out."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Extension:
        """As a dataclass."""
        return Extension(**data)


class DeadlineSchema(FileSchema):
    """How long the board has, counted from receipt, and by what rule it stops, starts anew and is extended."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = EnumValue(DeadlineUnit, required=True)
    basis = keys.text(metadata=described("The rule and how firm it is; shown beside the last day."))
    restarts_on = EnumValue(
        RestartCause,
        metadata=described(
            "`supplement`: it begins anew when what was ordered `order_within` has come in, and when the submitter "
            "adds to the submission unasked."
        ),
    )
    order_within = fields.Nested(
        PeriodSchema,
        metadata=described("How soon after receipt a supplement request must be sent for the period to wait for it."),
    )
    extension = fields.Nested(
        ExtensionSchema, metadata=described("How the board may extend it; left out where it may not.")
    )
    stops_while_waiting = fields.Bool(
        metadata=described("Days of waiting for the submitter are not counted, until the last day to answer at most.")
    )
    fee_reduction = fields.Int(
        strict=True,
        validate=validate.Range(1, 100),
        metadata=described("By how many per cent the fee falls for each week begun after the last day."),
    )
    on_expiry = EnumValue(
        OnExpiry,
        metadata=described(
            "When it has run out: `alert` marks the case (if left out), `decide` also puts it before all others."
        ),
    )

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """An order means nothing where nothing restarts."""
        if "order_within" in data and "restarts_on" not in data:
            raise ValidationError("needs restarts_on: supplement", "order_within")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Deadline:
        """As a dataclass."""
        return Deadline(**data)


class OutcomeSchema(FileSchema):
    """A way to decide."""

    code = fields.Str(required=True, validate=keys.code)
    label = keys.text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Outcome:
        """As a dataclass."""
        return Outcome(**data)


class DestroyAfterSchema(FileSchema):
    """How long after the case has ended."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = EnumValue(DeadlineUnit, required=True)


class KeptSchema(FileSchema):
    """How long a case is kept: for ever, or until some time after it has ended."""

    keep = fields.Str(validate=OneOf(("forever",)), metadata=described("`forever`: it is never destroyed."))
    destroy_after = fields.Nested(DestroyAfterSchema)
    basis = keys.text(metadata=described("The rule or decision behind it."))

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """One of the two, and not both."""
        if ("keep" in data) == ("destroy_after" in data):
            raise ValidationError("has either keep: forever or destroy_after")


class OutcomeRetentionSchema(KeptSchema):
    """How long a case with one of the outcomes is kept."""

    outcome = fields.Str(required=True, metadata=described("The code of one of the outcomes."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OutcomeRetention:
        """As a dataclass."""
        return OutcomeRetention(data["outcome"], data["basis"], **data.get("destroy_after", {}))


class RetentionSchema(KeptSchema):
    """How long the case is kept, and with which outcomes it is kept otherwise."""

    outcomes = fields.List(
        fields.Nested(OutcomeRetentionSchema),
        validate=keys.filled,
        metadata=described("The outcomes with which a case is kept longer or shorter than others."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Retention:
        """As a dataclass."""
        return Retention(data["basis"], **data.get("destroy_after", {}), outcomes=data.get("outcomes", []))


class SearchWordsSchema(FileSchema):
    """Words by language."""

    sv = fields.List(fields.Str(validate=keys.filled), validate=validate.Length(max=100))
    en = fields.List(fields.Str(validate=keys.filled), validate=validate.Length(max=100))


class SubmitterSchema(FileSchema):
    """Which fields have the submitter's details."""

    name = fields.Str(metadata=described("The name of a `text` field."))
    email = fields.Str(metadata=described("The name of an `email` field."))
    phone = fields.Str(metadata=described("The name of a `tel` field."))
    number = fields.Str(metadata=described("The name of an `identity_number` field."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SubmitterFields:
        """As a dataclass."""
        return SubmitterFields(**data)


class EServiceSchema(FileSchema):
    """The definition of an e-service: docs/adding-an-eservice.md has the meaning of each key."""

    code = fields.Str(required=True, validate=keys.code, metadata=described("The name of the file without `.yaml`."))
    version = fields.Int(
        required=True,
        strict=True,
        validate=validate.Range(1, 1_000_000),
        metadata=described("Raised when the form's questions change."),
    )
    title = keys.text(metadata=described("The e-service's name."))
    summary = keys.text(metadata=described("A sentence for the catalogue."))
    intro = keys.text(metadata=described("Above the form; a blank line begins a new paragraph."))
    next_steps = keys.text(metadata=described("On the receipt: what happens now."))
    case_title = keys.text(
        metadata=described(
            "The case's title, with `{field}` for answers of required fields that are public "
            "or cannot hold personal data."
        )
    )
    identity = EnumValue(
        Identity,
        required=True,
        metadata=described(
            "`anonymous`: nobody needs to give a name; `stated`: name and e-mail are required; `substantial`, `high`: "
            "and an e-ID of assurance level 3 or 4."
        ),
    )
    identity_proof = keys.text(
        required=False,
        metadata=described(
            "With `substantial` and `high`: how identity is proved while nobody can sign in, for the first page."
        ),
    )
    board = fields.Str(
        required=True,
        validate=validate.Regexp(r"[A-ZÅÄÖ]{1,8}\Z", error="must be capitals"),
        metadata=described("The code of the board that handles it."),
    )
    legal_regime = EnumValue(
        LegalRegime,
        required=True,
        metadata=described("Which timers, reasons and appeal texts apply (FL 2 §)."),
    )
    registration = EnumValue(
        Registration,
        required=True,
        metadata=described("How an incoming document is kept (OSL 5 kap. 1 §)."),
    )
    outcomes = fields.List(
        fields.Nested(OutcomeSchema),
        required=True,
        validate=keys.filled,
        metadata=described("The ways to decide."),
    )
    pages = fields.List(
        fields.Nested(PageSchema),
        required=True,
        validate=keys.filled,
        metadata=described("The form's pages, in order; a page to check the answers comes after the last."),
    )
    agreements = fields.List(fields.Nested(AgreementSchema), metadata=described("What answers must agree about."))
    submitter = fields.Nested(SubmitterSchema)
    submitter_is_party = fields.Bool(
        metadata=described(
            "`false`: who submits is not concerned by the case, as who reports a fault, and has no rights of a party."
        )
    )
    deadline = fields.Nested(DeadlineSchema)
    appeal = EnumValue(
        AppealAuthority,
        metadata=described("The kind of authority that a decision is appealed to; left out where none is."),
    )
    secrecy = fields.Str(
        validate=keys.filled,
        metadata=described("The provision of OSL: a submission is then encrypted on the bus and its title protected."),
    )
    retention = fields.Nested(
        RetentionSchema, metadata=described("How long the case is kept once it has ended, and by what decision.")
    )
    open_from = LocalTimeKey(metadata=described("The day, or day and time in Sweden, from which it takes submissions."))
    open_until = LocalTimeKey(metadata=described("The last day, or the day and time in Sweden at which it closes."))
    paused = keys.text(required=False, metadata=described("Why it takes no submissions for the time being."))
    topics = fields.List(
        fields.Str(), metadata=described("What it is about: codes of vocabulary.yaml, the most fitting first.")
    )
    life_situations = fields.List(
        fields.Str(), metadata=described("What may happen in a life that leads to it: codes of vocabulary.yaml.")
    )
    search_words = fields.Nested(
        SearchWordsSchema, metadata=described("Words that people search for it by and that its texts lack.")
    )

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """The parts agree with each other."""
        check_opening(data)
        check_identity_proof(data["identity"], data.get("identity_proof"))
        pages = data["pages"]
        check_pages(pages)
        check_names(pages)
        if repeated := keys.repeated(outcome.code for outcome in data["outcomes"]):
            raise ValidationError(f"two outcomes have the same code, {', '.join(repeated)}", "outcomes")
        check_retention(data.get("retention"), [outcome.code for outcome in data["outcomes"]])
        check_conditions(pages, data.get("agreements", ()))
        check_prefill(pages)
        questions = {field.name: field for page in pages for section in page.sections for field in section.fields}
        check_files(pages)
        always = always_shown(pages)
        check_submitter(data.get("submitter", SubmitterFields()), data["identity"], questions, always)
        check_case_title(data["case_title"], questions, always)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> EService:
        """As a dataclass."""
        return EService(**keys.with_tuples(data))
