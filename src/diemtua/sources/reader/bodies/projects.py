"""Projects, plants and works with a designation of their own, and named aid programmes."""

from __future__ import annotations

from diemtua.sources.reader import facts
from diemtua.sources.reader.bodies.names import number_end
from diemtua.sources.reader.bodies.phrases import Phrases, phrases
from diemtua.sources.reader.bodies.scene import Scene
from diemtua.sources.reader.tokens import CAPITAL, CODE, INITIAL, LOWER, MARK, NUMBER, OPEN, UPPER

_HEADS = Phrases(["dự án", "công trình", "tiểu dự án"])
# Works that are named without the word "dự án", when a proper name follows.
_WORKS = Phrases(
    "nhà máy|tổ hợp|khu liên hợp|kho lạnh|kho ngoại quan|trung tâm dữ liệu|trung tâm logistics|cụm nhà máy|trang trại|"
    "nhà máy nhiệt điện|nhà máy điện|nhà máy điện gió|thủy điện|tổ hợp hóa dầu|trang trại điện gió|đồn điền|"
    "nông trường|nông trại|bãi trung chuyển|trạm trung chuyển|cảng cạn|trung tâm điện lực|khu đô thị|xưởng|nhà xưởng".split("|")
)
_BUILT = frozenset("khởi_công khánh_thành xây_dựng đầu_tư vận_hành".split())
_WORKS_BUILT = Phrases("trung tâm|bệnh viện|trường|cầu|khu du lịch|khu nghỉ dưỡng|trạm|vườn ươm|cảng|tuyến".split("|"))
_PROGRAMMES = Phrases(["chương trình", "Chương trình"])
# Kinds of projects, not names of any.
_GENERIC = frozenset(
    "fdi oda ppp bot bt ngo đtnn pcpnn gpmb ddi bcc m&a r&d quốc trọng hợp đầu phi viện khu thuộc có vốn mới lớn nói tiêu "
    "đó này trên khác ấy nêu nào cần đang đã sẽ được do của tại với về cho từ và là theo trong nằm thứ tương bao "
    "nhằm vào ở lên không chưa bị gồm tổng như nhưng để khi gì tới đến ưu tiên phát luôn phải chỉ phục còn cấp cùng tư".split()
)
_ENDS = frozenset(
    "của tại do với về cho từ là theo trong nằm có được đang đã sẽ này trên nhằm vào ở không chưa bị gồm như nhưng để khi "
    "tới đến rộng giai ra vốn sớm sang lên phải mà cùng sau trước hiện thuộc vừa mới còn cũng từng bằng hết cần nên thì "
    "diện quy bởi chậm sắp bắt rồi khởi công_bố gần phía thu ngay luôn giai thay thêm mở tung trả đi trở xong hoàn".split()
)
_PLURALS = frozenset("các những hai ba bốn năm sáu bảy tám chín mười nhiều mấy số mọi vài".split())
_LONGEST = 16


class Projects:
    """Finds the projects of a scene as pairs of tokens (first, end)."""

    def __init__(self, scene: Scene, parks: dict[int, int]) -> None:
        self.scene = scene
        self.tokens = scene.tokens
        self.parks = parks

    def all(self) -> list[tuple[int, int]]:
        """All projects, in reading order."""
        found: list[tuple[int, int]] = []
        firsts = _HEADS.firsts | _WORKS.firsts | _WORKS_BUILT.firsts | _PROGRAMMES.firsts
        i, size = 0, len(self.tokens)
        while i < size:
            if self.tokens.low[i] not in firsts or self.scene.taken[i]:
                i += 1
                continue
            first, end = self._one(i)
            if end > first:
                found.append((first, end))
                i = end
            else:
                i += 1
        return found

    def _one(self, i: int) -> tuple[int, int]:
        tokens, scene = self.tokens, self.scene
        head = _HEADS.end(tokens, i)
        if head > i:
            if not scene.near(head) or head >= len(tokens):
                return i, i
            end = self._designation(head, tokens.low[i] != "công")
            first = head if self._plural(i) else i
            return (first, end) if end > head else (i, i)
        work = _WORKS.end(tokens, i)
        if work > i and not self._plural(i) and not self._within_name(i):
            return i, self._named_work(i, work)
        if self._built_before(i) and (work := _WORKS_BUILT.end(tokens, i)) > i and scene.capital(i):
            return i, self._named_work(i, work)
        programme = _PROGRAMMES.end(tokens, i)
        if programme > i and scene.near(programme):
            return i, self._programme(programme, i)
        return i, i

    def _plural(self, i: int) -> bool:
        tokens = self.tokens
        return i > 0 and self.scene.near(i) and (tokens.low[i - 1] in _PLURALS or tokens.shape[i - 1] == NUMBER)

    def _built_before(self, i: int) -> bool:
        low = self.tokens.low
        if i < 2:
            return False
        if (low[i - 2], low[i - 1]) in {("khởi", "công"), ("khánh", "thành"), ("xây", "dựng"), ("động", "thổ"), ("đầu", "tư")}:
            return True
        if low[i - 1] in {"xây", "dựng"}:
            return True
        # "1,5 tỷ USD cho Trung tâm LNG Hải Lăng 2"
        return low[i - 1] in {"cho", "vào", "làm"} and any(
            first in self.scene.value_at and self.scene.value_at[first][0] == i - 1 for first in range(max(0, i - 6), i - 1)
        )

    def _within_name(self, i: int) -> bool:
        """Whether the words at `i` go on the name of something else: "Công ty Phát triển Tổ hợp công nghiệp Gumi"."""
        tokens = self.tokens
        return (
            i > 0
            and self.scene.near(i)
            and tokens.shape[i] == CAPITAL
            and tokens.shape[i - 1] in {CAPITAL, LOWER}
            and self.scene.stop_end(i - 1) == i - 1
            and (tokens.shape[i - 1] == CAPITAL or (i > 1 and tokens.shape[i - 2] == CAPITAL and tokens.low[i - 1] == "triển"))
            and not self.scene.opens(i - 1)
        )

    def _designation(self, at: int, project: bool) -> int:
        """The end of what a project is called, from `at` on; `at` when nothing designates it."""
        tokens, scene = self.tokens, self.scene
        if tokens.low[at] == '"':
            return self._quoted(at)
        if at in scene.value_at or tokens.shape[at] == MARK:
            return at
        if tokens.low[at] in _GENERIC and tokens.shape[at] in {LOWER, UPPER, OPEN}:
            return at
        if tokens.shape[at] == LOWER:
            # "dự án nhà máy Samsung": a proper name must come.
            work = _WORKS.end(tokens, at)
            return self._named_work(at, work) if work > at else at
        if at in self.parks or at in scene.place_at:
            return at
        if not scene.capital(at) and tokens.shape[at] != CODE:
            return at
        return self._run(at)

    def _quoted(self, at: int) -> int:
        tokens = self.tokens
        for close in range(at + 2, min(at + 30, len(tokens))):
            if tokens.low[close] == '"':
                return close + 1
            if tokens.gap[close] > 2:
                break
        return at

    def _run(self, at: int) -> int:
        """The end of words up to the first that cannot be part of a name."""
        tokens, scene = self.tokens, self.scene
        last = at
        while last < len(tokens) and last - at < _LONGEST and (last == at or scene.follows(last)):
            shape, low = tokens.shape[last], tokens.low[last]
            if last in scene.value_at or scene.taken[last]:
                break
            if last > at and last in scene.place_at:
                last = scene.place_at[last][0]
                continue
            if last > at and last in self.parks:
                last = self.parks[last]
                continue
            if shape == MARK:
                after = last + 1
                if (
                    low in {"-", "&", "+"}
                    and last > at
                    and after < len(tokens)
                    and scene.near(after)
                    and (scene.capital(after) or tokens.shape[after] == NUMBER)
                    and not self._other(after)
                ):
                    last += 1
                    continue
                break
            if (end := number_end(scene, last)) > last:
                last = end
                continue
            if shape == NUMBER or low == "số":
                break
            if shape in {LOWER, OPEN} and (low in _ENDS or (low == "và" and not self._goes_on(last))):
                if low not in {"công", "giai"} or shape == LOWER and scene.stop_end(last) > last:
                    break
            if shape in {LOWER, OPEN} and scene.stop_end(last) > last + 1 and last > at:
                break
            if last > at and self._other(last):
                break
            last += 1
        while last > at and (tokens.shape[last - 1] == MARK or tokens.low[last - 1] in {"và", "các"}):
            last -= 1
        return last

    def _goes_on(self, at: int) -> bool:
        after = at + 1
        return after < len(self.tokens) and self.scene.near(after) and not self._other(after)

    def _other(self, at: int) -> bool:
        tokens = self.tokens
        if phrases("heads", "whole").end(tokens, at) > at + 1 and tokens.low[at] not in {"bệnh", "trường"}:
            return True
        return tokens.low[at : at + 2] in (["công", "ty"], ["tập", "đoàn"], ["dự", "án"]) or (
            tokens.low[at] in {"sở", "ubnd", "ông", "bà"}
        )

    def _named_work(self, i: int, head: int) -> int:
        """The end of a plant or the like at `i`, if it bears a proper name."""
        tokens, scene = self.tokens, self.scene
        if not scene.near(head):
            return i
        end = self._run(head)
        proper = [
            k
            for k in range(head, end)
            if tokens.shape[k] in {CAPITAL, UPPER, INITIAL} or (tokens.shape[k] == OPEN and tokens.low[k] not in _COMMON)
        ]
        if not proper:
            return i
        first_place = scene.place_at.get(head)
        if first_place and first_place[0] == end and first_place[1].type in {facts.COUNTRY, facts.REGION}:
            return i
        # Ends with its proper name: "Nhà máy thép Tanikawa công suất 2 triệu tấn".
        last = proper[-1] + 1
        while last < end and tokens.shape[last] in {MARK, NUMBER}:
            last += 1
        if tokens.shape[i] == LOWER and not tokens.caseless[i] and proper[0] - head > 5:
            return i
        return last

    def _programme(self, at: int, i: int) -> int:
        """The end of a named programme of aid or exchange: in quotation marks."""
        tokens, scene = self.tokens, self.scene
        if tokens.low[at] == '"':
            return self._quoted(at)
        if tokens.shape[at] not in {CAPITAL, UPPER} or phrases("heads", "whole").end(tokens, i) > at or at in scene.place_at:
            return i
        if tokens.low[at : at + 2] in (["mục", "tiêu"], ["hành", "động"], ["hợp", "tác"], ["phối", "hợp"], ["quốc", "gia"]):
            return i
        end = self._run(at)
        proper = any(tokens.shape[k] in {CAPITAL, UPPER} for k in range(at + 1, end))
        return end if proper and end - at > 2 else i


_COMMON = frozenset(
    "sản xuất chế biến linh kiện điện tử máy thép sữa giấy gỗ may dệt nhựa gạch xi măng phân bón hóa chất thức ăn thực phẩm "
    "nước điện gió mặt trời rác thải khí công nghiệp nông thủy hải cá tôm bán dẫn vi mạch pin ô tô xe ván ép chính xác "
    "cơ chiếu sáng đóng gói bao bì dược phẩm thiết bị y tế dụng cụ quang học lắp ráp và lạnh kho mới cao cấp".split()
)
