"""A first definition of an e-service, from a dozen answers: it passes the check, and shows what is left to write."""

from dataclasses import dataclass

from services.intake.eservices.authoring.written import SCHEMA_LINE, TO_WRITE, yaml_of
from services.intake.eservices.identity import Identity
from shared.eservice_files import COMMON
from shared.swedish.law import AppealAuthority, LegalRegime, Registration


@dataclass(frozen=True)
class NewEService:
    """What the author has decided. `deadline_weeks` is None where no rule or promise gives one."""

    code: str
    title_sv: str
    title_en: str
    board: str
    identity: Identity
    legal_regime: LegalRegime
    registration: Registration
    deadline_weeks: int | None = None
    appeal: AppealAuthority | None = None
    secrecy: str | None = None
    asks_place: bool = False
    asks_files: bool = False
    place: str = COMMON


def definition(new: NewEService) -> str:
    """The definition as YAML, with comments on what is to be written."""
    content = {
        "code": new.code,
        "version": 1,
        "title": {"sv": new.title_sv, "en": new.title_en},
        "summary": TO_WRITE["summary"],
        "intro": TO_WRITE["intro"],
        "next_steps": TO_WRITE["next_steps"],
        "case_title": {"sv": new.title_sv, "en": new.title_en},
        "identity": new.identity.value,
        **({"identity_proof": _PROOF} if new.identity.assurance_level else {}),
        "submitter": {"name": "name", "email": "email", "phone": "phone"},
        "board": new.board,
        "legal_regime": new.legal_regime.value,
        "registration": new.registration.value,
        **_deadline(new),
        **({"appeal": new.appeal.value} if new.appeal else {}),
        **({"secrecy": new.secrecy} if new.secrecy else {}),
        "outcomes": _outcomes(new.legal_regime),
        "pages": [_subject(new), _contact(new)],
    }
    return f"{SCHEMA_LINE}{_COMMENT}{yaml_of(content)}"


_PROOF = {
    "sv": "[Hur ni kontrollerar vem som har skickat in, så länge ingen kan logga in.]",
    "en": "[How you check who has sent it in, while nobody can sign in.]",
}

_COMMENT = """\
# What is in [brackets] is to be written. Then: arende eservice check, and preview. Cite the law that the deadline, the
# outcomes and the secrecy follow here, so that the next author can check them.
"""

# By legal regime, the outcomes that it needs: code, Swedish, English. The author names those of this e-service.
OUTCOMES: dict[LegalRegime, list[tuple[str, str, str]]] = {
    LegalRegime.FORVALTNINGSLAGEN: [
        ("beviljat", "Ansökan beviljas", "Granted"),
        ("avslag", "Ansökan avslås", "Refused"),
        ("avvisat", "Ansökan avvisas", "Dismissed"),
        ("avskrivet", "Ärendet avskrivs", "Written off"),
    ],
    LegalRegime.LAGLIGHETSPROVNING: [
        ("bifall", "Bifall", "Approved"),
        ("avslag", "Avslag", "Rejected"),
        ("avvisat", "Avvisas", "Dismissed"),
        ("avskrivet", "Ärendet avskrivs", "Written off"),
    ],
    LegalRegime.TRYCKFRIHETSFORORDNINGEN: [
        ("utlamnat", "Handlingen lämnas ut", "Released"),
        ("delvis", "Handlingen lämnas ut delvis", "Released in part"),
        ("avslag", "Handlingen lämnas inte ut", "Refused"),
    ],
    LegalRegime.FAKTISKT_HANDLANDE: [
        ("atgardat", "Åtgärdat", "Dealt with"),
        ("atgardas_ej", "Åtgärdas inte", "Will not be dealt with"),
    ],
}


def decided(code: str, board: str, regime: LegalRegime) -> dict[str, object]:
    """What of a definition no form of another system has, as far as it is decided."""
    return {
        "code": code,
        "identity": "anonymous",
        "board": board,
        "legal_regime": regime.value,
        "registration": Registration.REGISTRERAS.value,
        "outcomes": _outcomes(regime),
    }


def _outcomes(regime: LegalRegime) -> list[dict[str, object]]:
    return [{"code": code, "label": {"sv": sv, "en": en}} for code, sv, en in OUTCOMES[regime]]


def _deadline(new: NewEService) -> dict[str, object]:
    if new.deadline_weeks is None:
        return {}
    basis = {"sv": "[regeln, eller kommunens servicelöfte]", "en": "[the rule, or the municipality’s promise]"}
    return {"deadline": {"amount": new.deadline_weeks, "unit": "weeks", "basis": basis}}


def _subject(new: NewEService) -> dict[str, object]:
    fields: list[dict[str, object]] = [
        {
            "name": "description",
            "type": "textarea",
            "required": True,
            "max_length": 4000,
            "label": {"sv": "[Vad gäller det?]", "en": "[What is it about?]"},
            "hint": {"sv": "[Vad vi behöver veta, och hur utförligt.]", "en": "[What we need to know, and how fully.]"},
        }
    ]
    if new.asks_place:
        label = {"sv": "Var är det?", "en": "Where is it?"}
        fields.append({"name": "place", "type": "place", "required": True, "label": label})
    if new.asks_files:
        label = {"sv": "Bilder och handlingar", "en": "Pictures and documents"}
        fields.append({"name": "files", "type": "file", "max_files": 5, "label": label})
    title = {"sv": "Det du vill säga", "en": "What you want to say"}
    return {"code": "subject", "title": title, "sections": [{"fields": fields}]}


def _contact(new: NewEService) -> dict[str, object]:
    required = {"required": True} if new.identity.names_submitter else {}
    asked: tuple[tuple[str, str, dict[str, bool], dict[str, str]], ...] = (
        ("name", "text", required, {"sv": "Namn", "en": "Name"}),
        ("email", "email", required, {"sv": "E-post", "en": "E-mail"}),
        ("phone", "tel", {}, {"sv": "Telefon", "en": "Telephone"}),
    )
    fields = [
        {"name": name, "type": kind, **keys, "autocomplete": "tel" if kind == "tel" else name, "label": label}
        for name, kind, keys, label in asked
    ]
    return {"code": "you", "title": {"sv": "Du", "en": "You"}, "sections": [{"fields": fields}]}
