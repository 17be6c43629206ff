"""Pure rules of instruments and commitments: when an answer is due, when a term ends, how a promise stands."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal

from diemtua.kit.calendar import add_working_days
from diemtua.kit.dates import PartialDate
from diemtua.kit.text import fold

OPINION_RULE = "agreement.opinion_working_days"
# States of a commitment in which something is still owed. What nobody knows about counts as owed: it is a
# promise to be asked after, not one that was kept.
OPEN = ("open", "under_way", "partly", "unknown")
# States in which an instrument still stands.
STANDING = ("signed", "in_force", "suspended", "unknown")
SOON_DAYS = 30
EXPIRING_DAYS = 90

Standing = Literal["late", "soon", "later", "undated", "settled"]


def answer_due(asked: datetime.date, working_days: int) -> datetime.date:
    """The last day on which an agency asked for its opinion answers in time."""
    return add_working_days(asked, working_days)


def standing(state: str, due: PartialDate | None, on: datetime.date) -> Standing:
    """How a commitment stands on a day. A due “2026” is late only when the year is over."""
    if state not in OPEN:
        return "settled"
    if due is None:
        return "undated"
    if due.last < on:
        return "late"
    return "soon" if due.last <= on + datetime.timedelta(days=SOON_DAYS) else "later"


@dataclass(frozen=True)
class Term:
    """A further term of an instrument."""

    first: datetime.date
    expiry: PartialDate


def next_term(effect: PartialDate | None, expiry: PartialDate | None) -> Term | None:
    """The term that follows by renewal: as long as the last one. None where its length is not known.

    Whole years stay whole years (5/1/2021 to 4/1/2026 is followed by a term until 4/1/2031).
    """
    if effect is None or expiry is None or expiry.last <= effect.first:
        return None
    first = expiry.last + datetime.timedelta(days=1)
    years = first.year - effect.first.year
    if expiry.precision == "year" and effect.precision == "year":
        span = expiry.first.year - effect.first.year
        return Term(first, PartialDate.year(expiry.first.year + span)) if span else None
    if years and (first.month, first.day) == (effect.first.month, effect.first.day):
        return Term(first, PartialDate.day(_years_on(expiry.last, years)))
    if expiry.precision == "day" and effect.precision == "day":
        return Term(first, PartialDate.day(expiry.last + (first - effect.first)))
    return None


def _years_on(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


# --- what documents say of instruments -------------------------------------------------------------
# Beginnings of a paper's name (folded) → form; the longest decides. Of two forms the second is for partners at home.
FORMS: dict[str, tuple[str, str]] = {
    "bien ban ghi nho": ("minutes", "minutes"),
    "ban ghi nho": ("mou", "mou"),
    "mou": ("mou", "mou"),
    "bien ban thoa thuan": ("agreed_minutes", "domestic_agreement"),
    "thoa thuan": ("agreement", "domestic_agreement"),
    "ban thoa thuan": ("agreement", "domestic_agreement"),
    "hiep dinh": ("agreement", "domestic_agreement"),
    "hiep uoc": ("agreement", "domestic_agreement"),
    "bien ban trao doi": ("exchange_minutes", "other"),
    "y dinh thu": ("letter_of_intent", "letter_of_intent"),
    "thu y dinh": ("letter_of_intent", "letter_of_intent"),
    "tuyen bo chung": ("joint_declaration", "joint_declaration"),
    "tuyen bo": ("declaration", "declaration"),
    "chuong trinh hop tac": ("cooperation_programme", "domestic_programme"),
    "ke hoach hop tac": ("cooperation_plan", "domestic_plan"),
    "quy che phoi hop": ("coordination_rules", "coordination_rules"),
    "ke hoach phoi hop": ("coordination_plan", "coordination_plan"),
    "chuong trinh phoi hop": ("coordination_programme", "coordination_programme"),
    "nghi quyet": ("resolution", "resolution"),
    "chi thi": ("directive", "directive"),
    "quyet dinh": ("decision", "decision"),
    "ket luan": ("conclusion", "conclusion"),
    "chuong trinh hanh dong": ("action_programme", "action_programme"),
    "ke hoach": ("plan", "plan"),
}
_BY_LENGTH = sorted(FORMS, key=lambda beginning: -len(beginning))
COORDINATION_FORMS = ("coordination_rules", "coordination_plan", "coordination_programme")
# Forms of acts that a province carries out; decisions and plans are mostly about one thing alone.
DIRECTIVE_FORMS = ("resolution", "directive", "conclusion", "action_programme")
# What an agreement between two sides is called where the text names its form, and where it does not.
FORM_NAMES = {
    "cooperation_programme": "Chương trình hợp tác",
    "domestic_programme": "Chương trình hợp tác",
    "cooperation_plan": "Kế hoạch hợp tác",
    "domestic_plan": "Kế hoạch hợp tác",
    "agreement": "Thỏa thuận hợp tác",
    "domestic_agreement": "Thỏa thuận hợp tác",
    "mou": "Bản ghi nhớ hợp tác",
    "minutes": "Biên bản ghi nhớ hợp tác",
    "agreed_minutes": "Biên bản thỏa thuận hợp tác",
    "letter_of_intent": "Ý định thư hợp tác",
    "coordination_rules": "Quy chế phối hợp",
    "coordination_plan": "Kế hoạch phối hợp",
    "coordination_programme": "Chương trình phối hợp",
    "": "Văn kiện hợp tác",
}
# State of a cooperation in a text → status of its instrument (see the guideline: signed is also in force).
STATUSES = {"signed": "in_force", "planned": "draft", "ended": "expired"}
_ENDED_BEFORE_TIME = re.compile(r"cham dut|huy bo|bai bo|don phuong")
_SIGNED = re.compile(r"da (?:\w+ ){0,2}ky\b|ky ket|duoc ky\b|ky nam|ky ngay")
_NAMED_FORMS = re.compile(
    r"\b(?:(?P<agreed>bien ban ghi nho|ban ghi nho|mou|thoa thuan|y dinh thu|tuyen bo chung"
    r"|chuong trinh hop tac|ke hoach hop tac|hiep dinh)"
    r"|(?P<joint>(?:(?:quy che|ke hoach|chuong trinh)(?:,? (?:va )?)){1,3}phoi hop))\b"
)
_JOINT = re.compile(r"quy che|ke hoach|chuong trinh")


def form_of(words: str, at_home: bool = False) -> str:
    """The code of the form that the name of a paper begins with, "" where it tells none."""
    key = fold(words)
    for beginning in _BY_LENGTH:
        if key == beginning or key.startswith(f"{beginning} "):
            return FORMS[beginning][at_home]
    return ""


def forms_named(sentence: str, at_home: bool = False) -> list[str]:
    """Forms of agreements that a sentence names, in its order: "theo quy chế, kế hoạch phối hợp" names two."""
    found: list[str] = []
    for match in _NAMED_FORMS.finditer(_spoken(sentence)):
        if match["joint"]:
            found += [form_of(f"{kind} phoi hop") for kind in _JOINT.findall(match["joint"])]
        else:
            found.append(form_of(match["agreed"], at_home))
    return list(dict.fromkeys(found))


def _spoken(sentence: str) -> str:
    """A sentence folded, its commas left."""
    return " , ".join(fold(part) for part in sentence.split(",")).replace(" , ", ", ")


def says_signed(sentence: str) -> bool:
    """Whether a sentence says that something was signed."""
    return _SIGNED.search(fold(sentence)) is not None


def status_said(cooperation: str | None, sentence: str) -> str:
    """The status of an instrument by what a text says of the cooperation; "unknown" where it says nothing."""
    if cooperation == "ended" and _ENDED_BEFORE_TIME.search(fold(sentence)):
        return "terminated"
    return STATUSES.get(cooperation or "", "unknown")


def number_key(number: str) -> str:
    """A document number in the form in which spellings are equal: no blanks, Đ for Ð, upper case."""
    return "".join(number.upper().split()).replace("Ð", "Đ")
