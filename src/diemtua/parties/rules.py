"""Pure tables of parties: what kind of body a name tells, which titles are ranks, how names are compared."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from diemtua.kit.text import exact, fold

# Beginnings of names (folded) → kind of party. The longest beginning decides.
KINDS: dict[str, tuple[str, ...]] = {
    "company": (
        "cong ty", "tong cong ty", "tap doan", "doanh nghiep", "hop tac xa", "ngan hang", "cong ty co phan",
        "xi nghiep", "lien danh", "cang hang khong",
    ),
    "force": (
        "cong an", "bo chi huy", "bo doi", "hai quan", "canh sat", "hai doan", "hai doi", "quan khu", "quan su",
        "quan doan", "lu doan", "su doan", "trung doan", "ban chi huy", "bo tu lenh", "bo tham muu", "don bien phong",
        "vung canh sat", "vung 1", "vung 2", "vung 3", "vung 4", "vung 5", "kiem ngu", "quan doi", "luc luong", "dai doi", "tieu doan", "tieu khu quan su",
    ),
    "university": (
        "truong", "dai hoc", "hoc vien", "cao dang", "vien", "university", "benh vien", "trung tam y te",
    ),
    "chamber": (
        "phong thuong mai", "phong cong nghiep", "hiep hoi", "hoi", "lien doan", "lien minh", "lien hiep", "vcci",
        "ahk", "amcham", "eurocham", "korcham", "jcci", "hoi lien hiep", "mat tran",
    ),
    "ngo": ("to chuc", "quy"),
    "international": (
        "lien hop quoc", "ngan hang the gioi", "ngan hang phat trien", "ngan hang tai thiet", "chuong trinh phat trien",
        "quy nhi dong", "quy tien te", "to chuc y te the gioi", "to chuc lao dong", "to chuc luong thuc", "undp",
        "unicef", "unesco", "who", "fao", "ilo", "iom", "adb", "world bank", "asean", "unido", "ifad", "lien minh chau",
    ),
    "agency": (
        "so", "bo", "uy ban", "ubnd", "hdnd", "hoi dong", "tinh uy", "thanh uy", "huyen uy", "dang uy", "ban", "cuc",
        "vu", "tong cuc", "van phong", "dai su quan", "tong lanh su quan", "lanh su quan", "chi cuc", "hai quan cua khau",
        "toa an", "vien kiem sat", "thanh tra", "kho bac", "bao hiem xa hoi", "chinh phu", "thu tuong", "quoc hoi",
        "thuong truc", "tt tinh uy", "ubmttq", "uy ban mat tran", "trung tam", "bo ngoai giao", "doan", "cang vu",
        "ngan hang nha nuoc", "co quan", "jica", "koica", "kotra", "jetro", "giz", "usaid", "cong an nhan dan", "bao",
        "dai phat thanh", "phai doan", "bo cong an", "vien kiem sat nhan dan",
    ),
}  # fmt: skip
_BEGINNINGS = sorted(
    ((beginning, kind) for kind, many in KINDS.items() for beginning in many), key=lambda pair: -len(pair[0])
)
# Legal forms, anywhere in a name.
_COMPANY = re.compile(
    r"\b(?:tnhh|cong ty|jsc|co ltd|ltd|llc|gmbh|ag|inc|corp|corporation|group|holdings?|plc|sa|spa|pte|bhd|kk|oy|ab)\b"
)
# Beginnings of bodies that only the state of Vietnam calls so.
_OF_VIETNAM = re.compile(
    r"(?:so|ubnd|hdnd|uy ban nhan dan|hoi dong nhan dan|tinh uy|thanh uy|huyen uy|cong an|bo doi bien phong"
    r"|bo chi huy (?:quan su|bo doi)|hai doan|canh sat bien|hai quan|bo chinh tri|ban bi thu|ban quan ly khu"
    r"|bo (?:ngoai giao|cong thuong|tai chinh|cong an|quoc phong|noi vu|xay dung|y te|tu phap|ke hoach va dau tu)"
    r"|ubmttq|uy ban mttq|chinh phu|thu tuong chinh phu|quoc hoi|uy ban cong tac)\b"
)
RANKS = frozenset(
    fold(rank)
    for rank in (
        "Đại tướng", "Thượng tướng", "Trung tướng", "Thiếu tướng", "Đại tá", "Thượng tá", "Trung tá", "Thiếu tá",
        "Đại úy", "Thượng úy", "Trung úy", "Thiếu úy", "Đô đốc", "Phó đô đốc", "Chuẩn đô đốc", "Thượng sĩ",
    )
)  # fmt: skip

# States of cooperation in which the other side is a partner now.
PARTNERING = ("signed", "ongoing")
# State of an investment → stage of its figures.
STAGES = {"planned": "announced", "ended": "registered", None: "registered"}


def stage_of(investment: str | None) -> str:
    """The stage of an amount or area that is stated of an investment in this state."""
    return STAGES.get(investment, "announced")


def kind_of_body(name: str) -> str:
    """The kind of party an organisation's name tells; "other" where it tells none."""
    key = fold(name)
    found = next((kind for beginning, kind in _BEGINNINGS if key == beginning or key.startswith(f"{beginning} ")), "")
    if found in ("", "agency", "chamber") and _COMPANY.search(key):
        return "company"
    return found or "other"


def is_vietnamese_body(name: str) -> bool:
    """Whether the name alone tells a body of the Vietnamese state or party."""
    return _OF_VIETNAM.match(fold(name)) is not None


def is_rank(title: str) -> bool:
    """Whether a title is a military or police rank."""
    return fold(title) in RANKS


# --- names -----------------------------------------------------------------------------------------
_LONG_FORMS = (
    ("UBND", "Ủy ban nhân dân"),
    ("HĐND", "Hội đồng nhân dân"),
    ("BQL", "Ban Quản lý"),
    ("KCN", "Khu công nghiệp"),
    ("KKT", "Khu kinh tế"),
    ("CCN", "Cụm công nghiệp"),
    ("BĐBP", "Bộ đội Biên phòng"),
)
_SHORTENED = re.compile(rf"(?<!\w)(?:{'|'.join(short for short, _long in _LONG_FORMS)})(?!\w)", re.IGNORECASE)
_LONG = {short.lower(): long for short, long in _LONG_FORMS}
_OFFICES = frozenset(("sở", "bộ", "cục", "vụ", "ban", "viện"))
_BARE_SEAT = re.compile(r"(?:^|\s)(?:tỉnh|thành phố|TP\.?)$|^(?:tỉnh|thành) (?:ủy|uỷ)$", re.IGNORECASE)
_SEAT = re.compile(r"(?:^|\s)(?:tỉnh|thành phố|TP\.?)\s(\S+(?:\s\S+){0,3})$", re.IGNORECASE)
_HEAD = re.compile(
    r"^(?:tỉnh bang|tỉnh|thành phố|tp\.?|bang|thị xã|quận|huyện|hạt|vùng|khu tự trị|đặc khu|thủ đô)\s+", re.IGNORECASE
)
_SEAT_BEFORE = re.compile(r"\s(?:tỉnh|thành phố|TP\.?)$", re.IGNORECASE)
# Assemblies and offices of provinces abroad, which a text calls by no more than this.
_FOREIGN_BODY = re.compile(
    r"(?:hoi dong|chinh quyen|toa thi chinh|nghi vien|van phong tinh truong)(?: cua)? (?:tinh|thanh pho)$"
)
_BARE_OFFICE = re.compile(r"so \w")
_SEAT_WORDS = re.compile(r"\b(?:tinh|thanh pho|tp) (?!uy\b)")


def lowered(name: str) -> str:
    """A name that is written in capitals, as in letterheads, in small letters but for the places and the office:
    "SỞ NGOẠI VỤ TỈNH ĐỒNG NAI" gives "Sở Ngoại vụ tỉnh Đồng Nai". Others come back as they are."""
    if not name.isupper() or " " not in name:
        return name
    words = name.lower().split()
    if words[0] in _OFFICES and len(words) > 1:
        words[1] = words[1].capitalize()
    seat = max((i for i, word in enumerate(words) if word in ("tỉnh", "phố", "tp", "tp.")), default=len(words))
    words = [w.capitalize() if i == 0 or i > seat else w for i, w in enumerate(words)]
    return " ".join(words)


def written_out(name: str) -> str:
    """A name without the abbreviations of offices and capitals: "UBND tỉnh" gives "Ủy ban nhân dân tỉnh"."""
    return _SHORTENED.sub(lambda found: _LONG[found[0].lower()], lowered(" ".join(name.split())))


def shortened(name: str) -> str:
    """A name with the abbreviations of offices: "Ủy ban nhân dân tỉnh" gives "UBND tỉnh"."""
    for short, long in _LONG_FORMS:
        name = re.sub(re.escape(long), short, name, flags=re.IGNORECASE)
    return name


def seat_spellings(name: str, home: str) -> list[str]:
    """Other ways to name a province's own body: "Bộ đội Biên phòng Thái Bình", "… tỉnh Thái Bình"."""
    if not home or not fold(name).endswith(f" {fold(home)}"):
        return []
    bare = _SEAT_BEFORE.sub("", name[: -len(home)].rstrip())
    return [f"{bare} {home}", f"{bare} tỉnh {home}", f"{bare} thành phố {home}"]


def is_bare_body(name: str) -> bool:
    """Whether a body is named by "tỉnh" alone: which province's it is, the text must tell."""
    return _BARE_SEAT.search(" ".join(name.split())) is not None


def is_foreign_body(name: str) -> bool:
    """Whether a bare name is that of a body abroad ("Hội đồng tỉnh")."""
    return _FOREIGN_BODY.match(fold(name)) is not None


def is_department(name: str) -> bool:
    """Whether a name is that of a department without its province ("Sở Ngoại vụ")."""
    return _BARE_OFFICE.match(fold(name)) is not None and not _SEAT.search(" ".join(name.split()))


def seat_of(name: str) -> str:
    """The province that a body's name ends with ("Công an tỉnh Nam Định"), "" where it names none."""
    found = _SEAT.search(" ".join(name.split()))
    return found[1] if found and all(word[0].isupper() for word in found[1].split()) else ""


def without_head(name: str) -> str:
    """The name of a locality without its kind: "tỉnh Xay Nhạ Bu Ly" gives "Xay Nhạ Bu Ly"."""
    return _HEAD.sub("", " ".join(name.split()), count=1)


def head_of(name: str) -> str:
    """The kind a locality's name begins with ("tỉnh"), "" where it has none."""
    found = _HEAD.match(" ".join(name.split()))
    return exact(found[0]) if found else ""


def as_title(words: str) -> str:
    """A post as it is entered: first letter large, the rest not all in capitals."""
    title = lowered(" ".join(words.split()))
    return title[:1].upper() + title[1:]


def same_name(name: str) -> str:
    """A key equal for the spellings of one body: abbreviations written out, "tỉnh" and "thành phố" left out."""
    key = fold(written_out(name))
    return _SEAT_WORDS.sub("", key).strip() or key


# --- amounts ---------------------------------------------------------------------------------------
_SCALES = ((Decimal(10) ** 9, "tỷ"), (Decimal(10) ** 6, "triệu"))


def figure_of_money(norm: Any, words: str) -> dict[str, Any] | None:
    """The value and unit of a figure for an amount as the reader gives it; None where it gives none.

    A range has no plain number: its words are kept.
    """
    if not isinstance(norm, dict) or not isinstance(norm.get("currency"), str):
        return None
    amount = norm.get("amount")
    largest = amount if amount is not None else norm.get("max")
    if not is_number(largest):
        return None
    name = "đồng" if norm["currency"] == "VND" else norm["currency"]
    factor, scale = Decimal(1), ""
    for size, word in _SCALES:
        # Dong are counted in thousands of millions, other money in millions.
        if Decimal(str(largest)) >= size and (word != "tỷ" or norm["currency"] == "VND"):
            factor, scale = size, word
            break
    unit = f"{scale} {name}".strip()
    if not is_number(amount):
        return {"wording": " ".join(words.split())[:120], "unit": unit}
    return {"value": plain_number(Decimal(str(amount)) / factor), "unit": unit}


def figure_of_area(norm: Any, words: str) -> dict[str, Any] | None:
    """The value and unit of a figure for an area in hectares."""
    if isinstance(norm, dict) and norm.get("min") is not None:
        return {"wording": " ".join(words.split())[:120], "unit": "ha"}
    if not is_number(norm):
        return None
    return {"value": plain_number(Decimal(str(norm))), "unit": "ha"}


def is_number(value: Any) -> bool:
    """Whether a value is a number that a figure can hold."""
    return not isinstance(value, bool) and isinstance(value, int | float | Decimal) and 0 <= value < 10**19


def plain_number(value: Decimal) -> str:
    """A number as it is stored: no exponent, no idle noughts, at most four decimals."""
    text = format(value.quantize(Decimal("0.0001")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
