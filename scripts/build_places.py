"""Build the reference data of `places` from the folder of gathered sources.

    python scripts/build_places.py DATA PROVINCES_CSV

DATA is the folder with `admin_units/` and `world/`; PROVINCES_CSV says which province came of which in 2025.
The result goes to `src/diemtua/places/data/`; the same input gives the same bytes. What is odd in the sources
is printed. Nothing but the standard library is needed.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent.parent / "src" / "diemtua" / "places" / "data"
MERGER, CITY = "2025-07-01", "2026-04-30"
PROVINCES_BY = "Nghị quyết 202/2025/QH15"
DISTRICTS_BY = "Kết thúc cấp huyện từ 1/7/2025 (Nghị quyết 203/2025/QH15)"
COMMUNES_BY = "Sắp xếp đơn vị hành chính cấp xã 2025 (theo bảng chuyển đổi)"
CITY_BY = "Nghị quyết 30/2026/QH16"
CITY_PROVINCE = "75"  # Đồng Nai
KINDS = ["Thành phố", "Thị xã", "Thị trấn", "Đặc khu", "Phường", "Quận", "Huyện", "Tỉnh", "Xã"]

UNIT_COLUMNS = [  # a unit's ref is made of its country, level, code and first day
    "code",
    "level",
    "kind",
    "name",
    "name_en",
    "country",
    "parent",
    "from",
    "to",
    "basis",
    "lat",
    "lon",
    "km2",
]
FOREIGN_KIND = {
    "AUS": "bang",
    "BRA": "bang",
    "CAN": "tỉnh bang",
    "CHN": "tỉnh",
    "IND": "bang",
    "IDN": "tỉnh",
    "RUS": "",
    "USA": "bang",
    "ZAF": "tỉnh",
}
FOREIGN_KIND_BY_CODE = {
    **dict.fromkeys(["CN-BJ", "CN-TJ", "CN-SH", "CN-CQ", "RU-MOW", "RU-SPE"], "thành phố"),
    **dict.fromkeys(["CN-NM", "CN-GX", "CN-XZ", "CN-NX", "CN-XJ"], "khu tự trị"),
    **dict.fromkeys(["RU-MOS", "RU-LEN"], "tỉnh"),
    **dict.fromkeys(["AU-NT", "AU-ACT", "US-DC", "BR-DF", "CA-NT", "CA-YT", "CA-NU"], ""),
    **dict.fromkeys(["IN-AN", "IN-CH", "IN-DH", "IN-DL", "IN-JK", "IN-LA", "IN-LD", "IN-PY"], "lãnh thổ liên bang"),
}
FOREIGN_NAMES = {  # (Vietnamese, English) where the source is wrong or says two units by one name
    "US-DC": ("Washington, D.C.", "Washington, D.C."),
    "RU-ALT": ("Altai (vùng)", "Altai Krai"),
    "CN-XZ": ("Tây Tạng", "Tibet"),
    "BR-DF": ("Quận liên bang Brasil", "Federal District"),
}
COUNTRY_NAMES = {"PS": "Palestine", "MM": "Myanmar"}  # CLDR's own shorter forms
COUNTRY_NAMES_EN = {"GB": "United Kingdom", "US": "United States"}
COUNTRY_CONTINENTS = {"TL": "AS"}  # South-eastern Asia in the UN's scheme
COUNTRY_BY_A3 = {
    "AUS": "AU",
    "BRA": "BR",
    "CAN": "CA",
    "CHN": "CN",
    "IND": "IN",
    "IDN": "ID",
    "RUS": "RU",
    "USA": "US",
    "ZAF": "ZA",
}

Row = dict[str, Any]


def note(text: str) -> None:
    """Say something odd about the sources."""
    print("  ", text)


def nfc(text: str) -> str:
    """Composed letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def plain(text: str) -> str:
    """Without marks, letter case kept: the English form of most Vietnamese names."""
    marked = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in marked if not unicodedata.combining(c))


def key(text: str) -> str:
    """A comparison key, enough to tell spellings apart here."""
    return " ".join(re.findall(r"[0-9a-z]+", plain(text).lower()))


TONES = dict(zip("\u0300\u0309\u0303\u0301\u0323", "12345", strict=True))


def toned(text: str) -> str:
    """A key that heeds every mark but not where the tone mark stands: 'Thuỵ' and 'Thụy' are the same."""
    words = []
    for word in unicodedata.normalize("NFD", text.lower()).split():
        tone = "".join(TONES[c] for c in word if c in TONES)
        words.append("".join(c for c in word if c not in TONES) + tone)
    return " ".join(words)


def as_in(law: str, name: str) -> str:
    """The name with tone marks put as in the resolutions of 2025 (Thụy, Hòa), if nothing else differs."""
    return nfc(law) if toned(nfc(law)) == toned(nfc(name)) else nfc(name)


def split_kind(full: str) -> tuple[str, str]:
    """'Thị trấn Diêm Điền' gives ('thị trấn', 'Diêm Điền')."""
    full = nfc(full)
    for kind in KINDS:
        if full.lower().startswith(kind.lower() + " "):
            return kind.lower(), full[len(kind) + 1 :]
    raise SystemExit(f"no kind in {full!r}")


def pad(code: str, width: int) -> str:
    """'7.0' gives '00007'."""
    return str(int(float(code))).zfill(width)


def read_csv(path: Path) -> list[dict[str, str]]:
    """All rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, data: bytes) -> None:
    """A gzip file without a time in it, so that the same data gives the same bytes."""
    path = OUT / name
    path.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{name}: {path.stat().st_size:,} bytes")


def write_csv(name: str, columns: list[str], rows: Iterable[Row]) -> None:
    """Rows as a gzipped CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write(name, text.getvalue().encode())


def ref(level: str, code: str, start: str = "", country: str = "VN") -> str:
    """The lasting name of a unit row."""
    return f"{country}:{level}:{code}" + (f"@{start}" if start else "")


class Vietnam:
    """Builds the units and their successions."""

    def __init__(self, folder: Path, provinces: Path) -> None:
        self.old = json.loads((folder / "premerge_63_minified.json").read_text())
        self.new = json.loads((folder / "vn_units_34_full_2026-07-25.json").read_text())
        self.conversion = read_csv(folder / "convert_legacy_2025_simple.csv")
        self.places = read_csv(folder / "2025_34-province-3221-ward_with_location.csv")
        self.origins = {row["code"]: row for row in read_csv(provinces)}
        self.areas = {
            f["properties"]["code"]: f["properties"]["areaKm2"]
            for f in json.loads((folder / "provinces_34_simplified.geojson").read_text())["features"]
        }
        self.units: list[Row] = []
        self.successions: list[Row] = []
        self.aliases: dict[tuple[str, str], Row] = {}
        self.current: dict[str, str] = {}
        """Code of a province or commune of today to its ref: for outlines."""

    def add(
        self,
        level: str,
        code: str,
        full: str,
        *,
        start: str = "",
        end: str = "",
        parent: str = "",
        basis: str = "",
        english: str = "",
        place: tuple[str, str, Any] = ("", "", ""),
    ) -> str:
        """One unit row; gives its ref."""
        kind, name = split_kind(full)
        name = name[0].upper() + name[1:]
        self.units.append(
            {
                "ref": (made := ref(level, code, start)),
                "code": code,
                "level": level,
                "kind": kind,
                "name": name,
                "name_en": "" if english == plain(name) else english,
                "country": "VN",
                "parent": parent,
                "from": start,
                "to": end,
                "basis": basis,
                "lat": place[0],
                "lon": place[1],
                "km2": place[2],
            }
        )
        return made

    def follow(self, old: str, new: str, on: str, basis: str, partial: bool = False) -> None:
        """One succession."""
        self.successions.append({"old": old, "new": new, "on": on, "basis": basis, "partial": int(partial)})

    def alias(self, unit: str, spelling: str, name: str, about: str) -> None:
        """A spelling met in another source, where searching would not find it by the name."""
        other = split_kind(spelling)[1]
        if key(other) != key(name):
            self.aliases[unit, other] = {"unit": unit, "text": other, "language": "vi", "note": about}

    def build(self) -> None:
        """All units and successions."""
        self.check_provinces()
        located = {pad(row["wardCode"], 5): row for row in self.places}
        centres = {pad(row["provinceCode"], 2): (row["provinceLat"], row["provinceLon"]) for row in self.places}
        spelt = {key(name): name for row in self.origins.values() for name in row["predecessors"].split("|")}
        old_names = {p["Code"]: spelt[key(split_kind(p["FullName"])[1])] for p in self.old}
        code_of_old = {name: code for code, name in old_names.items()}
        untouched = {code for code, row in self.origins.items() if row["predecessors"] == row["name"]}
        old_ref: dict[str, str] = {}

        # Provinces: an unmerged one is a single row, with today's data; the others end with the merger.
        new_by_code = {p["Code"]: p for p in self.new}
        for province in self.old:
            code = province["Code"]
            full = f"{split_kind(province['FullName'])[0].capitalize()} {old_names[code]}"
            if code in untouched:
                today = new_by_code[code]
                if key(today["FullName"]) != key(full):
                    note(f"province {code}: {full} / {today['FullName']}")
                place = (*centres[code], self.areas[code])
                old_ref[code] = self.add("province", code, full, english=today["NameEn"], place=place)
                self.current[code] = old_ref[code]
            else:
                english = plain(old_names[code]) if code != "31" else "Haiphong"
                old_ref[code] = self.add("province", code, full, end=MERGER, basis=PROVINCES_BY, english=english)
        new_ref: dict[str, list[tuple[str, str, str]]] = {}  # code -> [(ref, from, to)]
        for province in self.new:
            code = province["Code"]
            if code in untouched:
                new_ref[code] = [(old_ref[code], MERGER, "")]
                continue
            kind = split_kind(province["FullName"])[0]
            full = f"{kind.capitalize()} {self.origins[code]['name']}"
            place = (*centres[code], self.areas[code])
            if code == CITY_PROVINCE:
                before = self.add(
                    "province",
                    code,
                    "Tỉnh " + self.origins[code]["name"],
                    start=MERGER,
                    end=CITY,
                    basis=PROVINCES_BY,
                    english=province["NameEn"],
                    place=place,
                )
                after = self.add(
                    "province", code, full, start=CITY, basis=CITY_BY, english=province["NameEn"], place=place
                )
                self.follow(before, after, CITY, CITY_BY)
                new_ref[code] = [(before, MERGER, CITY), (after, CITY, "")]
            else:
                made = self.add(
                    "province",
                    code,
                    full,
                    start=MERGER,
                    basis=PROVINCES_BY,
                    english=province["NameEn"],
                    place=place,
                )
                new_ref[code] = [(made, MERGER, "")]
            self.current[code] = new_ref[code][-1][0]
            for name in self.origins[code]["predecessors"].split("|"):
                recalled = self.origins[code]["basis"].startswith("recall")
                basis = PROVINCES_BY + (" (đối chiếu với bảng chuyển đổi cấp xã)" if recalled else "")
                self.follow(old_ref[code_of_old[name]], new_ref[code][0][0], MERGER, basis)

        # Districts and communes before the merger.
        law_district = {pad(row["districtCode"], 3): row["district"] for row in self.conversion}
        law_commune = {pad(row["wardCode"], 5): row["ward"] for row in self.conversion if row["wardCode"]}
        old_commune: dict[str, str] = {}
        old_district: dict[str, str] = {}
        names: dict[str, str] = {}
        for province in self.old:
            for district in province["District"]:
                full = as_in(law_district[district["Code"]], district["FullName"])
                made = self.add(
                    "district",
                    district["Code"],
                    full,
                    end=MERGER,
                    parent=old_ref[province["Code"]],
                    basis=DISTRICTS_BY,
                )
                old_district[district["Code"]] = made
                for commune in district["Ward"] or []:
                    code = commune["Code"]
                    full = as_in(law_commune[code], commune["FullName"])
                    names[code] = split_kind(full)[1]
                    old_commune[code] = self.add("commune", code, full, end=MERGER, parent=made, basis=COMMUNES_BY)

        # Communes since.
        first_new: dict[str, str] = {}
        by_name: dict[tuple[str, str], str] = {}
        for province in self.new:
            for commune in province["Wards"]:
                by_name[province["Code"], toned(commune["FullName"])] = commune["Code"]
        codes = set(by_name.values())
        for code, row in list(located.items()):
            if code not in codes:
                right = by_name[pad(row["provinceCode"], 2), toned(row["ward"])]
                note(f"commune {row['ward']}: code {code} in the conversion, {right} in the list")
                located[right] = located.pop(code)
        for province in self.new:
            for commune in province["Wards"]:
                code, full = commune["Code"], nfc(commune["FullName"])
                row = located[code]
                place = (row["wardLat"], row["wardLon"], row["wardAreaKm2"])
                full = as_in(row["ward"], full)
                changed = split_kind(row["ward"])[0] != split_kind(full)[0]
                if changed and province["Code"] != CITY_PROVINCE:
                    note(f"commune {code}: {row['ward']} in 2025, {full} now")
                previous = ""
                for parent, start, end in new_ref[province["Code"]]:
                    shown, basis = full, COMMUNES_BY if start == MERGER else CITY_BY
                    if changed and end:
                        shown = f"{split_kind(row['ward'])[0].capitalize()} {split_kind(full)[1]}"
                    made = self.add(
                        "commune",
                        code,
                        shown,
                        start=start,
                        end=end,
                        parent=parent,
                        basis=basis,
                        english=commune["NameEn"],
                        place=place,
                    )
                    if previous:
                        self.follow(previous, made, start, CITY_BY)
                    else:
                        first_new[code] = made
                    previous = made
                self.current[code] = previous
        self.convert(old_commune, old_district, names, first_new, by_name)

    def convert(
        self,
        old_commune: dict[str, str],
        old_district: dict[str, str],
        names: dict[str, str],
        first_new: dict[str, str],
        by_name: dict[tuple[str, str], str],
    ) -> None:
        """What became of each commune."""
        seen = set()
        for row in self.conversion:
            code = pad(row["newWardCode"], 5)
            if code not in first_new:
                code = by_name[row["newProvinceCode"], toned(row["newWard"])]
            if row["wardCode"]:
                old = old_commune[pad(row["wardCode"], 5)]
                self.alias(old, row["ward"], names[pad(row["wardCode"], 5)], "Cách viết trong bảng chuyển đổi 2025")
            else:  # an island district that had no communes
                old = old_district[pad(row["districtCode"], 3)]
            self.follow(old, first_new[code], MERGER, COMMUNES_BY, row["isDividedWard"] == "True")
            seen |= {old, first_new[code]}
        for unit in {*old_commune.values(), *first_new.values()} - seen:
            note(f"no succession for {unit}")

    def check_provinces(self) -> None:
        """Hold the table of provinces against the conversion of communes."""
        found = defaultdict(set)
        for row in self.conversion:
            found[row["newProvinceCode"]].add(split_kind(row["province"])[1])
        wrong = [c for c, row in self.origins.items() if found[c] != set(row["predecessors"].split("|"))]
        recalled = [c for c, row in self.origins.items() if row["basis"].startswith("recall")]
        print(
            f"provinces: {len(self.origins)}, differing from the conversion of communes: {wrong or 'none'};"
            f" given from memory and confirmed by it: {', '.join(c for c in recalled if c not in wrong)}"
        )
        if wrong:
            raise SystemExit("the table of provinces is wrong")


def foreign_units(world: Path) -> list[Row]:
    """First-level units of the countries for which the source has Vietnamese names."""
    rows = []
    for row in read_csv(world / "ne50m_admin1_name_vi.csv"):
        code, country = row["iso_3166_2"], COUNTRY_BY_A3[row["adm0_a3"]]
        if not re.fullmatch(country + r"-[A-Z0-9]{1,3}", code):
            note(f"left out: {row['name_vi']} ({code}), not a code of {country}")
            continue
        name, english = FOREIGN_NAMES.get(code, (nfc(row["name_vi"]), nfc(row["name_en"])))
        kind = FOREIGN_KIND_BY_CODE.get(code, FOREIGN_KIND[row["adm0_a3"]])
        rows.append(
            {
                "ref": ref("province", code, country=country),
                "code": code,
                "level": "province",
                "kind": kind,
                "name": name,
                "name_en": english,
                "country": country,
                "lat": row["latitude"],
                "lon": row["longitude"],
            }
        )
    return sorted(rows, key=lambda r: r["ref"])


def countries(world: Path) -> tuple[list[Row], list[Row]]:
    """Countries, and the regions of the world they lie in."""
    cldr = json.loads((world / "cldr_territories_vi.json").read_text())["main"]["vi"]
    names = cldr["localeDisplayNames"]["territories"]
    earth = {r["iso_a2"]: r for r in read_csv(world / "ne50m_countries_name_vi.csv")}
    rows, regions = [], {}
    for row in read_csv(world / "country-codes.csv"):
        code = row["ISO3166-1-Alpha-2"]
        chain = [
            ("001", "World"),
            (row["Region Code"], row["Region Name"]),
            (row["Sub-region Code"], row["Sub-region Name"]),
            (row["Intermediate Region Code"], row["Intermediate Region Name"]),
        ]
        codes = []
        for number, english in chain[1:]:
            if number.strip():
                number = number.strip().zfill(3)
                codes.append(number)
                if number not in names:
                    note(f"region {number} {english} has no Vietnamese name")
                regions[number] = {"code": number, "name_vi": names.get(number, english), "name_en": english}
        vietnamese = nfc(COUNTRY_NAMES.get(code, names[code]))
        english = nfc(COUNTRY_NAMES_EN.get(code) or row["CLDR display name"] or row["official_name_en"])
        others = [names[k] for k in sorted(names) if k == code or k.startswith(code + "-alt")]
        others += [earth[code]["name_vi"], earth[code]["name_en"]] if code in earth else []
        others += [row["CLDR display name"], row["official_name_en"]]
        seen = {key(vietnamese), key(english), ""}
        kept = []
        for other in map(nfc, others):
            if key(other) not in seen:
                seen.add(key(other))
                kept.append(other)
        rows.append(
            {
                "code": code,
                "iso3": row["ISO3166-1-Alpha-3"],
                "name_vi": vietnamese,
                "name_en": english,
                "continent": COUNTRY_CONTINENTS.get(code, row["Continent"]),
                "regions": "|".join(codes),
                "others": "|".join(kept),
            }
        )
    return sorted(rows, key=lambda r: r["code"]), sorted(regions.values(), key=lambda r: r["code"])


def outlines(folder: Path, current: dict[str, str]) -> list[list[Any]]:
    """Outlines as [ref, polygons]; a ring is a flat list of differences in 1/10,000 degree."""
    made = []
    for name in ["provinces_34_simplified.geojson", "communes_4_provinces_simplified.geojson"]:
        for feature in json.loads((folder / name).read_text())["features"]:
            shape = feature["geometry"]
            polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            packed = []
            for polygon in polygons:
                rings = [ring for ring in map(pack, polygon) if ring]
                if rings:
                    packed.append(rings)
            made.append([current[feature["properties"]["code"]], packed])
    return made


def pack(ring: list[list[float]]) -> list[int]:
    """A ring as differences; empty where less than a triangle is left."""
    points = [(round(x * 10_000), round(y * 10_000)) for x, y in ring]
    points = [p for i, p in enumerate(points) if not i or p != points[i - 1]]
    if len(points) < 4:
        return []
    flat, (last_x, last_y) = [], (0, 0)
    for x, y in points:
        flat += [x - last_x, y - last_y]
        last_x, last_y = x, y
    return flat


def main() -> None:
    """Build everything."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    data, provinces = Path(sys.argv[1]), Path(sys.argv[2])
    OUT.mkdir(parents=True, exist_ok=True)
    vietnam = Vietnam(data / "admin_units", provinces)
    vietnam.build()
    lands, regions = countries(data / "world")
    units = vietnam.units + foreign_units(data / "world")
    doubled = len(units) - len({u["ref"] for u in units})
    if doubled:
        raise SystemExit(f"{doubled} units have the ref of another")
    write_csv("regions.csv.gz", ["code", "name_vi", "name_en"], regions)
    write_csv("countries.csv.gz", ["code", "iso3", "name_vi", "name_en", "continent", "regions", "others"], lands)
    write_csv("units.csv.gz", UNIT_COLUMNS, ({c: u.get(c, "") for c in UNIT_COLUMNS} for u in units))
    write_csv("successions.csv.gz", ["old", "new", "on", "basis", "partial"], vietnam.successions)
    write_csv("spellings.csv.gz", ["unit", "text", "language", "note"], vietnam.aliases.values())
    shapes = outlines(data / "admin_units", vietnam.current)
    write("outlines.json.gz", json.dumps(shapes, separators=(",", ":")).encode())
    print(
        f"{len(units)} units, {len(vietnam.successions)} successions, {len(vietnam.aliases)} spellings,"
        f" {len(lands)} countries, {len(shapes)} outlines"
    )


if __name__ == "__main__":
    main()
