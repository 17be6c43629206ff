"""Organisations listed under one plural head: "các Sở: Ngoại vụ, Tư pháp", "hai công ty A và B"."""

from __future__ import annotations

from diemtua.sources.reader.bodies.names import NameScan
from diemtua.sources.reader.bodies.phrases import phrases, word_set
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import LINE, NUMBER

PLURALS = word_set("plural")
_INTRODUCING = frozenset({":", "gồm", "là"})
_MOST = 40


class Lists:
    """Members of lists; the head stands outside of every member."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.scan = NameScan(scene)
        self.fields = phrases("fields")
        self.heads = {kind: phrases("grammar", f"list {kind}") for kind in ("field", "named", "school")}
        self.known = [phrases("known", kind) for kind in ("body", "firm")]
        self.bodies = [phrases("heads", kind) for kind in ("whole", "field", "unit", "named")]

    def members(self, i: int) -> list[tuple[int, int]]:
        """Members of the list whose plural ("các", "hai", a number) stands at token `i`, as pairs of tokens."""
        tokens, scene = self.tokens, self.scene
        plural = tokens.low[i] in PLURALS or tokens.shape[i] == NUMBER or scene.is_at(i, "số")
        if not plural or i in scene.value_at or not scene.near(i + 1):
            return []
        for kind, heads in self.heads.items():
            head = heads.end(tokens, i + 1)
            if head > i + 1:
                return self._under(head, kind)
        return []

    def _under(self, head: int, kind: str) -> list[tuple[int, int]]:
        tokens, scene = self.tokens, self.scene
        at = head
        # "Ba công ty Nhật gồm A, B và C"
        held = scene.place_end(at)
        if held > at and held < len(tokens) and tokens.low[held] in _INTRODUCING:
            at = held
        while scene.near(at) and tokens.low[at] in _INTRODUCING:
            at += 1
        members = self._from(at, kind)
        announced = kind == "field" and tokens.low[at - 1] == ":"
        return members if len(members) > 1 or (members and announced) else []

    def _from(self, at: int, kind: str) -> list[tuple[int, int]]:
        tokens = self.tokens
        members: list[tuple[int, int]] = []
        while len(members) < _MOST and at < len(tokens) and tokens.gap[at] <= LINE:
            end = self._member(at, kind)
            if end == at:
                break
            members.append((at, end))
            at = self._past_bracket(end)
            if at + 1 >= len(tokens) or tokens.low[at] not in {",", "và", ";", "&"}:
                break
            at += 2 if tokens.low[at + 1] == "và" else 1
        return members

    def _member(self, at: int, kind: str) -> int:
        tokens, scene = self.tokens, self.scene
        if not scene.capital(at):
            return at
        if kind == "field":
            return self.fields.end(tokens, at)
        if any(heads.end(tokens, at) > at for heads in self.bodies):
            return at
        known = max(names.end(tokens, at) for names in self.known)
        end = max(known, self.scan.end(at))
        return at if scene.place_end(at) == end and kind != "school" else end

    def _past_bracket(self, at: int) -> int:
        scene, tokens = self.scene, self.tokens
        if not scene.near(at) or tokens.low[at] != "(":
            return at
        return next((k + 1 for k in range(at + 1, min(at + 10, len(tokens))) if tokens.low[k] == ")"), at)
