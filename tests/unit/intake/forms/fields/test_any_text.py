"""Whatever is written in whichever field is an answer or an error of it, and an answer that is read anew stays so."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.forms.errors import InvalidAnswer, InvalidParts
from services.intake.forms.fields.field import AnswerField, is_blank
from services.intake.forms.fields.registry import FIELD_TYPES
from tests.builders import HandClock
from tests.unit.intake.forms.fields.fields import load

ENDS = {
    "address": (".street", ".postal_code", ".city", ".country"),
    "place": (".text", ".latitude", ".longitude"),
    "checkboxes": (".one", ".two"),
}
KEYS = {"address": {"abroad": True}, "text": {"max_words": 5}}
ANSWER_TYPES = [name for name, kind in FIELD_TYPES.items() if issubclass(kind, AnswerField)]
FIELDS = {name: load(name, **KEYS.get(name, {})) for name in ANSWER_TYPES}

# Text near to answers: their characters, with those that word processors put among them.
NEAR = (
    "0123456789 \u00a0\u2009-–—−‑.,:/+()<>@a\u0308åsekrlKMjan\u200b\u200d\u00ad\ufeff\u202e\x96\x0b\r\n\u0301年يΩ½ﬁ％"
)
texts = st.one_of(st.text(), st.text(NEAR), st.sampled_from(["yes", "no", "one", "SE", "NO", "796 30", "61,2"]))


@pytest.mark.parametrize("type_name", ANSWER_TYPES)
@given(data=st.data())
def test_any_text_is_an_answer_or_an_error(type_name, data):
    field, clock = FIELDS[type_name], HandClock()
    posted = {f"question{end}": data.draw(texts) for end in ENDS.get(type_name, ("",))}

    sent = json.loads(json.dumps(field.from_browser(posted)))
    try:
        answer = field.read(sent, clock)
    except (InvalidAnswer, InvalidParts):
        return

    stored = json.loads(json.dumps(answer))
    assert not is_blank(stored)
    assert field.read(stored, clock) == answer
    assert field.display(answer)["sv"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["text", "street", "x"]), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("type_name", ANSWER_TYPES)
@given(value=JSON)
def test_any_json_is_an_answer_or_an_error(type_name, value):
    try:
        FIELDS[type_name].read(value, HandClock())
    except (InvalidAnswer, InvalidParts) as invalid:
        assert str(invalid)


LONG = ["1 " * 500_000, "é\u0323\u0301" * 200_000, "<" * 900_000, "a@" * 400_000, "\u200b" * 900_000, "SE " * 300_000]


@pytest.mark.parametrize("type_name", ANSWER_TYPES)
def test_a_long_text_costs_no_more_than_to_look_through_it(type_name):
    field = FIELDS[type_name]
    began = process_time()
    for text in LONG:
        posted = {f"question{end}": text for end in ENDS.get(type_name, ("",))}
        with pytest.raises((InvalidAnswer, InvalidParts)):
            field.read(field.from_browser(posted) or text, HandClock())

    assert process_time() - began < 1
