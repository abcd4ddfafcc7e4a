"""What a new version of a definition changes for those who have begun to answer the old one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from services.intake.eservices.definition import EService, Page, Section
from services.intake.eservices.identity import Identity
from services.intake.forms.fields.checkboxes import CheckboxesField
from services.intake.forms.fields.choice import OptionsField
from services.intake.forms.fields.field import Field
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.number import NumericField
from services.intake.forms.fields.textual import TextualField
from shared.conditions.condition import Node, as_written

TEXTS = {"label", "hint"}


@dataclass(frozen=True)
class Change:
    """A change in one line. `loses`: an answer that was good may be lost, or no longer be taken.

    `of_form`: it changes what is asked, and not only what becomes of the answers.
    """

    text: str
    loses: bool = False
    of_form: bool = True

    def __str__(self) -> str:
        return f"{'! ' if self.loses else '  '}{self.text}"


@dataclass(frozen=True)
class Difference:
    """The changes, and whether `version` must be raised for them and is not."""

    changes: Sequence[Change]
    old_version: int
    new_version: int

    @property
    def needs_new_version(self) -> bool:
        """Whether questions have changed under the same version, or the version went back."""
        is_other = any(each.of_form for each in self.changes)
        return self.new_version < self.old_version or (is_other and self.new_version == self.old_version)


def difference(old: EService, new: EService) -> Difference:
    """What is changed from one definition to the other; changed texts are no change, for they change no answer."""
    changes = (
        *_pages(old, new),
        *_questions(old, new),
        *_sections(old, new),
        *_agreements(old, new),
        *_handling(old, new),
    )
    return Difference(changes, old.version, new.version)


def _pages(old: EService, new: EService) -> Iterator[Change]:
    before, after = ({page.code: page for page in each.pages} for each in (old, new))
    for code in [each for each in before if each not in after]:
        yield Change(f"the page {code} is gone")
    for code in [each for each in after if each not in before]:
        yield Change(f"the page {code} is new{', and turns away' if after[code].is_exit else ''}", after[code].is_exit)
    kept = [code for code in before if code in after]
    if kept != [code for code in after if code in before]:
        yield Change(f"the pages are in another order: {', '.join(after)}")
    for code in kept:
        if before[code].is_exit != after[code].is_exit:
            now = "turns away" if after[code].is_exit else "no longer turns away"
            yield Change(f"the page {code} {now}", after[code].is_exit)
        yield from _condition(f"the page {code}", "shown", before[code].show_if, after[code].show_if)
        if _prefilled(before[code]) != (now := _prefilled(after[code])):
            yield Change(f"the page {code} is {now}")


def _prefilled(page: Page) -> str:
    if page.prefill is None:
        return "not prefilled"
    into = ", ".join(f"{name} with {fact}" for name, fact in page.prefill.into.items())
    return f"prefilled from {page.prefill.register} by {page.prefill.by}: {into}"


def _questions(old: EService, new: EService) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    for name, (question, group) in before.items():
        if name not in after:
            yield Change(f"{name} is gone: its answers are dropped", loses=True)
        elif (now := after[name])[1] != group:
            yield Change(f"{name} is moved {_into(now[1])}: its answers are dropped", loses=True)
        elif type(now[0]) is not type(question):
            yield Change(f"{name} was a {question.type} and is a {now[0].type}", loses=True)
        else:
            yield from _question(question, now[0])
    for name, (question, _) in after.items():
        if name not in before:
            needed = "required" if question.required else "required at times" if question.require_if else "optional"
            yield Change(f"{name} is new, and {needed}", loses=question.required)


def _question(old: Field, new: Field) -> Iterator[Change]:
    """The changes of a question of the same type."""
    name = new.name
    if new.required and not old.required:
        yield Change(f"{name} is required now", loses=True)
    if old.required and not new.required:
        yield Change(f"{name} is no longer required")
    yield from _condition(name, "asked", old.show_if, new.show_if)
    if not new.required:
        yield from _condition(name, "required", old.require_if, new.require_if)
    yield from _limits(old, new)
    if isinstance(old, OptionsField) and isinstance(new, OptionsField):
        yield from _options(old, new)
    for key in _other_keys(old, new):
        yield Change(f"{name}: {key} is changed", loses=_is_narrower(key, getattr(old, key), getattr(new, key)))


def _is_narrower(key: str, old: Any, new: Any) -> bool:
    """Whether fewer answers are taken."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return not set(old) <= set(new)
    return bool(new) if key in ("when", "public", "pattern") else key == "abroad" and not new


def _limits(old: Field, new: Field) -> Iterator[Change]:
    for key, (before, after) in _both_limits(old, new).items():
        if before != after:
            is_lower = key in ("minimum", "least")
            widest = float("-inf") if is_lower else float("inf")
            was, now = (widest if each is None else each for each in (before, after))
            tighter = now > was if is_lower else now < was
            end = ": tighter" if tighter else ""
            yield Change(f"{new.name}: {key} is {_limit(after)}, and was {_limit(before)}{end}", tighter)


def _both_limits(old: Field, new: Field) -> dict[str, tuple[float | None, float | None]]:
    """By key, the limit before and after."""
    if isinstance(old, TextualField) and isinstance(new, TextualField):
        return {"max_length": (old.longest, new.longest), "max_words": (old.max_words, new.max_words)}
    names: tuple[str, ...] = ()
    if isinstance(old, NumericField):
        names = ("minimum", "maximum")
    elif isinstance(old, FileField):
        names = ("max_files", "max_megabytes", "max_megabytes_in_all")
    elif isinstance(old, CheckboxesField):
        names = ("least", "most")
    return {name: (getattr(old, name), getattr(new, name)) for name in names}


def _limit(value: float | None) -> str:
    return "none" if value is None else f"{value:,.15g}"


def _options(old: OptionsField, new: OptionsField) -> Iterator[Change]:
    before, after = ({option.code: option for option in each.options} for each in (old, new))
    if gone := [code for code in before if code not in after]:
        yield Change(f"{new.name}: options gone: {', '.join(gone)}", loses=True)
    if added := [code for code in after if code not in before]:
        yield Change(f"{new.name}: options added: {', '.join(added)}")
    for code in [each for each in before if each in after]:
        yield from _condition(f"{new.name}: the option {code}", "chosen", before[code].show_if, after[code].show_if)
    if old.options_from != new.options_from:
        yield Change(f"{new.name}: the options come from another place", loses=True)


def _other_keys(old: Field, new: Field) -> Iterator[str]:
    """The keys that differ, other than those that have a line of their own."""
    own = {"required", "show_if", "require_if", "options", "options_from", "autocomplete", "max_length", *TEXTS}
    for each in fields(new):
        if each.name not in own | _both_limits(old, new).keys() and getattr(old, each.name) != getattr(new, each.name):
            yield each.name


def _sections(old: EService, new: EService) -> Iterator[Change]:
    """Of repeated sections, and of the conditions of sections with the same questions."""
    for name, section in new.groups.items():
        if name not in old.groups:
            yield Change(f"the repeated section {name} is new", loses=_repeat(section)[0] > 0)
        elif (was := _repeat(old.groups[name])) != (now := _repeat(section)):
            text = f"{name} is answered {now[0]} to {now[1]} times, and was {was[0]} to {was[1]}"
            yield Change(text, loses=now[0] > was[0] or now[1] < was[1])
    for name in [each for each in old.groups if each not in new.groups]:
        yield Change(f"the repeated section {name} is gone: its answers are dropped", loses=True)
    before = {frozenset(each.name for each in section.fields): section.show_if for section in old.sections}
    for section in new.sections:
        names = frozenset(each.name for each in section.fields)
        if names and names in before:
            called = f"the section with {', '.join(sorted(names))}"
            yield from _condition(called, "shown", before[names], section.show_if)


def _repeat(section: Section) -> tuple[int, int]:
    assert section.repeat
    return section.repeat.least, section.repeat.most


def _agreements(old: EService, new: EService) -> Iterator[Change]:
    before, after = ([(each.require, each.at) for each in eservice.agreements] for eservice in (old, new))
    for _, at in [each for each in after if each not in before]:
        yield Change(f"an agreement at {at} is new", loses=True)
    for _, at in [each for each in before if each not in after]:
        yield Change(f"an agreement at {at} is gone")


_HANDLING = (
    *("identity", "identity_proof"),
    *(
        "board",
        "submitter_is_party",
        "legal_regime",
        "registration",
        "deadline",
        "appeal",
        "secrecy",
        "retention",
        "outcomes",
    ),
    *("open_from", "open_until", "paused"),
)


def _handling(old: EService, new: EService) -> Iterator[Change]:
    """What the board and the rules see; it changes no answer."""
    for name in _HANDLING:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            stated = name == "identity" and was == Identity.ANONYMOUS
            is_plain = isinstance(was, str | None) and isinstance(now, str | None)
            text = f"{name} is {now or 'none'}, and was {was or 'none'}" if is_plain else f"{name} is changed"
            yield Change(text, loses=stated, of_form=name == "identity")


def _condition(what: str, how: str, old: Node | None, new: Node | None) -> Iterator[Change]:
    if old != new:
        without = "never" if how == "required" else "always"
        was, now = (f"when {_spelled(as_written(node))}" if node else without for node in (old, new))
        yield Change(f"{what} is {how} {now}, and was {was}", loses=new is not None)


def _spelled(written: Mapping[str, Any]) -> str:
    if "fact" in written:
        value = written["value"]
        shown = value["fact"] if isinstance(value, Mapping) else value
        return f"{written['fact']} {written['operator']} {shown}"
    [(grouping, members)] = written.items()
    if len(members) == 1 and grouping != "none":
        return _spelled(members[0])
    return f"{grouping} of ({'; '.join(map(_spelled, members))})"


def _by_name(eservice: EService) -> dict[str, tuple[Field, str | None]]:
    """Each question, with the repeated section that it is in."""
    return {
        each.name: (each, section.repeat.name if section.repeat else None)
        for section in eservice.sections
        for each in section.fields
    }


def _into(group: str | None) -> str:
    return f"into {group}" if group else "out of its repeated section"
