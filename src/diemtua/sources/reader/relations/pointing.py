"""Projects, parks and firms that a line only points at: "dự án này", "khu trên", "công ty đã ..."."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diemtua.sources.reader.patterns import grammar
from diemtua.sources.reader.relations.line import Line

if TYPE_CHECKING:
    from diemtua.sources.reader.relations.scene import Scene

_BACK = r"(?:này|trên|nói trên|nêu trên|đó)"
_DOES = r"(?:đã|đang|sẽ|vừa|dự kiến|được)"
_BUILT = r"(?:dự án|nhà máy|công trình|tổ hợp)"
_PROJECT = rf"{_BUILT} {_BACK}|^{_BUILT}(?= (?:do|có|nằm|đặt|với|{_DOES})(?!\w)|,)"
_PARK = rf"(?:khu|khu công nghiệp|khu kinh tế|kcn|kkt|cụm công nghiệp|ccn) {_BACK}"
_FIRM = (
    rf"(?:tập đoàn|công ty|doanh nghiệp|hãng|nhà đầu tư|đơn vị|chủ đầu tư) {_BACK}|"
    rf"(?:công ty|hãng|tập đoàn)(?= (?:{_DOES}|bỏ ra|cam kết|đầu tư|xây|rót|xin)(?!\w))"
)
_WORDS = grammar(rf"(?<!\w)(?:(?P<J>{_PROJECT})|(?P<K>{_PARK})|(?P<O>{_FIRM}))(?!\w)")


def pointed(scene: Scene) -> list[Line]:
    """The lines with the letter of the thing named last of its kind for words that point at one."""
    result = []
    last: dict[str, int] = {}
    for line in scene.lines:
        changes = []
        for found in _WORDS.finditer(line.code):
            letter = next(kind for kind in "JKO" if found[kind])
            before = [i for i in line.all(0, found.start(), letter) if letter != "O" or not scene.is_authority(i)]
            meant = before[-1] if before else last.get(letter)
            if meant is not None:
                changes.append((*found.span(), letter, meant))
        result.append(line.with_changes(changes))
        for letter in "JKO":
            named = [i for i in line.all(0, len(line.code), letter) if letter != "O" or not scene.is_authority(i)]
            if named:
                last[letter] = named[-1]
    return result
