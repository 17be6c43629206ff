"""Agreements between parties: "thỏa thuận hợp tác", "Bản ghi nhớ", "Quy chế phối hợp"."""

from __future__ import annotations

import re

from diemtua.sources.reader.bodies.phrases import phrases, word_set
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CAPITAL, CODE, COLUMN, LOWER, MARK, NUMBER, UPPER

_ENDS, _ANY, _MADE = word_set("agreement end"), word_set("any"), word_set("made")
_NOUN_BEFORE, _VERB_BEFORE, _NOUN_AFTER = word_set("noun before"), word_set("verb before"), word_set("noun after")
_CLASSIFIERS = frozenset({"bản", "tờ", "văn"})
_NEGATIONS = frozenset({"chưa", "không", "chẳng"})
# Words that end the name of an agreement, unless they are part of a compound.
_COMPOUNDS = {
    "liên": {"kết", "doanh"},
    "cấp": {"địa"},
    "đầu": {"tư"},
    "hàng": {"không", "hải", "hóa"},
    "chính": {"trị", "sách"},
}
_TIMES = frozenset({"hạn", "gian", "điểm", "kỳ"})
# Purposes that are verbs as often: alone behind "thỏa thuận" they begin what is said about it.
_ALSO_VERBS = frozenset({"trao", "thực", "hỗ", "quản", "cung", "điều", "phát", "chia", "xúc", "ghi"})
_LONGEST_PURPOSE = 9
_BEING = re.compile(
    r"\b(?:dự thảo|nội dung|lời văn|thực hiện|triển khai)\b|\b(?:đã|vừa|từng) (?:ký|trao|gia hạn)",
)
_GOAL = re.compile(
    r"\b(?:dự kiến|phấn đấu|hướng tới|tiến tới|xúc tiến|mong muốn|mong|đề xuất|đề nghị|khả năng|thúc đẩy|kỳ vọng|sẽ|để|sớm|"
    r"cần|bàn|tính|chuẩn bị|nghiên cứu|xem xét|đàm phán|thương thảo|trao đổi)\b(?: \w+){0,4}? (?:ký|thiết lập|có)\b"
)


class Agreements:
    """The grammar of agreements."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.kinds = phrases("documents", "agreement")
        self.purposes = phrases("documents", "purpose")
        self.past = 0  # the end of the last kind seen: no shorter kind begins among its words

    def end(self, i: int) -> int:
        """The end of the agreement that begins at token `i`; `i` when there is none, or only the talk of one."""
        scene, tokens = self.scene, self.tokens
        head = self.kinds.end(tokens, i) if i >= self.past else i
        if head == i or (tokens.shape[i] == LOWER and tokens.shape[i + 1 : i + 2] in ([CAPITAL], [UPPER])):
            return i
        if i and scene.near(i) and tokens.low[i - 1] in _CLASSIFIERS and tokens.low[i] == "thỏa":
            return i
        self.past = head
        title = bool(tokens.caseless[i]) and (i == 0 or tokens.gap[i] >= COLUMN)
        in_heading = bool(tokens.caseless[i]) and tokens.text(i, i + 1).isupper()
        end = self._purpose(head)
        if (in_heading and not title) or scene.is_at(head, "quốc", "tế"):
            return i
        if any_of(self.scene, i) or self._denied(i, end):
            return i
        if title or (scene.capital(i) and not tokens.caseless[i]):
            return end
        bare = end == head
        if bare and scene.is_at(i, "thỏa", "thuận") and not self._noun(i, head):
            return i
        return i if self._goal(i) else end

    def _purpose(self, head: int) -> int:
        """The end of the purpose behind the kind of an agreement: "hợp tác lao động thời vụ"; `head` when none."""
        scene, tokens = self.scene, self.tokens
        if not scene.follows(head):
            return head
        known = self.purposes.end(tokens, head)
        if known == head and (tokens.shape[head] != LOWER or scene.stop_end(head) > head):
            return head
        last = head
        while last - head < _LONGEST_PURPOSE and scene.follows(last) and not self._purpose_ends(last):
            last += 1
        if last - head < 2 and tokens.low[head] not in {"khung", "chung"}:
            return head
        return head if known == last and tokens.low[head] in _ALSO_VERBS else last

    def _purpose_ends(self, at: int) -> bool:
        scene, tokens = self.scene, self.tokens
        if tokens.shape[at] in {MARK, CODE, NUMBER} or at in scene.place_at or at in scene.value_at:
            return True
        low = tokens.low[at]
        following = tokens.low[at + 1] if at + 1 < len(tokens) else ""
        if low == "thời":
            return following in _TIMES
        if low == "và":
            return self.purposes.end(tokens, at + 1) == at + 1 or following in _ALSO_VERBS
        return low in _ENDS and following not in _COMPOUNDS.get(low, ())

    def _noun(self, i: int, end: int) -> bool:
        """Whether a bare "thỏa thuận" at `i` is a noun."""
        tokens = self.tokens
        before = tokens.low[i - 1] if i and tokens.gap[i] < COLUMN else ""
        after = tokens.low[end] if end < len(tokens) and tokens.gap[end] < COLUMN else ""
        if before in _VERB_BEFORE or (before == "có" and after not in _NOUN_AFTER):
            return False
        return before in _NOUN_BEFORE or after in _NOUN_AFTER

    def _denied(self, i: int, end: int) -> bool:
        """Whether the text says there is no such agreement: "chưa ký thỏa thuận nào"."""
        tokens = self.tokens
        for k in range(end, min(end + 4, len(tokens))):
            if tokens.shape[k] == MARK or tokens.gap[k] >= COLUMN:
                break
            if tokens.low[k] == "nào":
                return True
        for k in range(i - 1, max(-1, i - 5), -1):
            if tokens.shape[k] == MARK or tokens.gap[k + 1] >= COLUMN:
                return False
            if tokens.low[k] in _NEGATIONS:
                return not _MADE.isdisjoint(tokens.low[k + 1 : i])
        return False

    def _goal(self, i: int) -> bool:
        """Whether the agreement is only something to be reached."""
        tokens = self.tokens
        first = i
        while (
            first
            and i - first < 10
            and tokens.gap[first] < COLUMN
            and tokens.low[first - 1] not in {".", ";", ":", "(", '"'}
        ):
            first -= 1
        clause = self.scene.words(first, i)
        return _GOAL.search(clause) is not None and _BEING.search(clause) is None


def any_of(scene: Scene, i: int) -> bool:
    """Whether what is named at token `i` is one of several, or any: "các", "73", "một"."""
    tokens = scene.tokens
    if not i or not scene.near(i):
        return False
    number = tokens.shape[i - 1] == NUMBER and i - 1 not in scene.value_at
    return number or tokens.low[i - 1] in _ANY
