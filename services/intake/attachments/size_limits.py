"""How large files may be: each, those of a question together, and those of a form together."""

from collections import Counter
from decimal import ROUND_UP, Decimal

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.file import FORM_MEGABYTES, FileField
from shared.files.receive import too_large
from shared.files.storage import MB
from shared.i18n.formats import format_number
from shared.i18n.translations import DEFAULT, SOURCE


class Room:
    """What the files of a form take, as they are added one by one."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, field: FileField, size: int) -> None:
        """Add a file that is here already."""
        self._taken[field.name] += size

    def check(self, field: FileField, name: str, size: int) -> None:
        """Raise InvalidAnswer where one more file of so many bytes does not fit."""
        if size > field.max_bytes:
            error = too_large(name, field.max_megabytes).error
            raise InvalidAnswer(error.code, error.text, **error.values)
        of_field = self._taken[field.name] + size
        if of_field > field.max_bytes_in_all:
            raise InvalidAnswer(
                "too_large_in_all",
                "There is no room for “%(name)s”: the files of “%(label)s” may be %(most)s MB together, "
                "and with it they would be %(size)s MB.",
                name=name,
                label=field.label,
                most=field.max_bytes_in_all // MB,
                size=_megabytes(of_field),
            )
        if (of_form := self._taken.total() + size) > FORM_MEGABYTES * MB:
            raise InvalidAnswer(
                "form_too_large",
                "There is no room for “%(name)s”: all files of the form may be %(most)s MB together, "
                "and with it they would be %(size)s MB.",
                name=name,
                most=FORM_MEGABYTES,
                size=_megabytes(of_form),
            )


def _megabytes(size: int) -> dict[str, str]:
    """With one decimal and never too little, so that what does not fit is not shown as if it did."""
    rounded = (Decimal(size) / MB).quantize(Decimal("0.1"), ROUND_UP)
    return {language: format_number(rounded, language) for language in (DEFAULT, SOURCE)}
