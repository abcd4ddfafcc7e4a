"""A time of day."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import AnswerField, JsonSchema, plain_text
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType
from shared.conditions.kinds import TIME_OF_DAY_PATTERN, is_time_of_day

_TIME = re.compile(
    r"(?:(?:klockan|kl)\.? ?)?(?:(?P<hour>[0-9]{1,2})(?: ?[.:,h] ?(?P<minute>[0-9]{2}))?"
    r"|(?P<joined_hour>[0-9]{1,2})(?P<joined_minute>[0-9]{2}))",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class TimeField(AnswerField):
    """A time of day in the 24-hour clock, as `08:30`."""

    type: ClassVar[str] = "time"
    EXAMPLE: ClassVar[str] = """\
name: begins_at
type: time
label: {sv: "När börjar det?", en: "When does it begin?"}
"""
    may_hold_personal_data: ClassVar[bool] = False
    input_class: ClassVar[str] = "input-short"

    @property
    def fact_type(self) -> FactType:
        """A time of day."""
        return FactType(FactKind.TIME_OF_DAY)

    def read(self, value: Any, clock: Clock) -> str:
        """Hours and minutes, from `8.30`, `0830` or `kl 8`."""
        if (written := _TIME.fullmatch(plain_text(value))) is not None:
            hour = written["hour"] or written["joined_hour"]
            time = f"{hour:0>2}:{written['minute'] or written['joined_minute'] or '00'}"
            if is_time_of_day(time):
                return time
        raise InvalidAnswer("time", "“%(label)s” must be a time of day, written like 08:30.", label=self.label)

    def json_schema(self) -> JsonSchema:
        """Hours and minutes."""
        return {"type": "string", "pattern": TIME_OF_DAY_PATTERN}
