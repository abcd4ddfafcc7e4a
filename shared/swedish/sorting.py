"""Swedish alphabetical order, the same in Python and in every database: a text's key, whose bytes are compared."""

import unicodedata

# Å, ä and ö come after z, in this order; æ and ø are sorted with ä and ö.
_AFTER_Z = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def sort_key(text: str) -> str:
    """What a text is sorted by, and found by a part of: small characters without marks, å, ä and ö after z."""
    characters = unicodedata.normalize("NFC", " ".join(text.casefold().split())).translate(_AFTER_Z)
    return "".join(each for each in unicodedata.normalize("NFD", characters) if not unicodedata.combining(each))
