"""Whatever the form and whatever the answers: they are accepted, or each error names what it is about."""

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.intake.forms.browser_form import answers, answers_to_shown, input_name
from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.form import Form
from tests.any_form import JSON, definitions, the_form, typed

some = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def names_in(form: Form) -> list[str]:
    return [*form.eservice.questions, *form.eservice.groups]


def without_computed(form: Form, stored: dict[str, Any]) -> dict[str, Any]:
    """The stored answers as somebody would send them: what is computed is not answered."""

    def answered(entry: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in entry.items()
            if not isinstance(form.eservice.questions.get(name), ComputedField)
        }

    groups = form.eservice.groups
    return {
        name: [answered(each) for each in value] if name in groups else value
        for name, value in answered(stored).items()
    }


@some
@given(st.data())
def test_any_answers_are_accepted_or_each_error_names_what_it_is_about(
    data: st.DataObject,
) -> None:
    form = the_form(data.draw(definitions()))
    names = st.sampled_from([*names_in(form), "nothing"])
    sent = data.draw(st.dictionaries(names, JSON | st.lists(st.dictionaries(names, JSON), max_size=3)))
    in_entries = st.builds("{}.{}.{}".format, names, st.integers(0, 3), names)
    files = data.draw(st.dictionaries(names | in_entries, st.lists(st.uuids(), max_size=3), max_size=3))

    try:
        form.read(sent, files)
    except SubmissionInvalid as invalid:
        for each in invalid.errors:
            _, kind, *steps = each.pointer.split("/")
            assert kind in ("answers", "attachments")
            if each.error.code == "unknown_field":
                assert each.error.values["name"] == steps[-1]
            else:
                assert steps[0] in names_in(form)
    assert all(input_name(form.eservice, each.pointer) for each in form.reading(sent, files).errors)


@some
@given(st.data())
def test_what_is_accepted_reads_back_the_same(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    form = the_form(definition)
    written = answers(form.eservice, data.draw(typed(definition, good=True)))
    reading = form.reading(written, {})

    assume(not reading.errors and not reading.exit)

    stored = form.read(answers_to_shown(reading, written), {})

    assert stored == reading.answers
    assert form.read(without_computed(form, stored), {}) == stored
