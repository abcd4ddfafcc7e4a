"""A form that is being filled in on a page: what is filled in so far, the files that came, the errors."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from services.intake.attachments.form_files import Files, FormFiles
from services.intake.attachments.shown_file import ShownFile
from services.intake.forms.fields.field import Posted
from services.intake.limits.waiting import Wait


def new_key() -> str:
    """The idempotency key of a form: each form is shown with its own, so that one sent twice is one."""
    return str(uuid4())


def valid_key(key: str) -> str:
    """The key that the form was shown with; a new one where somebody has tampered with it."""
    try:
        return str(UUID(key))
    except ValueError:
        return new_key()


@dataclass(frozen=True)
class FormState:
    """What a form is shown with. `errors` by the name of the input, in the order of the page.

    `message` is why it was not taken, `information` what is good to know. `gone` and `removed` are as in `FormFiles`;
    `removed` has the heading of an entry that was removed too, by its section. `focus`: the input to begin at.
    `sources`: where answers were prefilled from, by input. `wait`: what the form has to wait for before it is sent
    again. `computed`: values by their output's name. `unconfirmed`: what the person is asked to confirm, by the name of
    the box.
    `required`: the questions that need an answer because of others.
    """

    inputs: Posted = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    message: str | None = None
    information: str | None = None
    key: str = field(default_factory=new_key)
    wait: Wait | None = None
    computed: Mapping[str, float] = field(default_factory=dict)
    unconfirmed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    required: Collection[str] = ()
    gone: Mapping[str, Sequence[ShownFile]] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""

    @classmethod
    def posted(cls, inputs: Posted, files: FormFiles) -> "FormState":
        """That of a form that a browser posted, with the files as they are now."""
        key = valid_key(inputs.get("key", ""))
        return cls(inputs, files.files, key=key, gone=files.gone, removed=files.removed)
