"""marshmallow's messages as a flat list."""

from shared.validation import flattened


def test_each_message_has_the_path_to_its_value():
    messages = {"name": ["Missing."], "several": {1: {"size": ["Too large.", "Odd."]}}}

    assert list(flattened(messages)) == [
        (("name",), "Missing."),
        (("several", 1, "size"), "Too large."),
        (("several", 1, "size"), "Odd."),
    ]


def test_a_message_about_an_object_has_the_objects_path():
    assert list(flattened({"inner": {"_schema": ["Not an object."]}})) == [(("inner",), "Not an object.")]
    assert list(flattened({"_schema": ["Not an object."]})) == [((), "Not an object.")]
