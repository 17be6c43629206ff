"""Template lint: every template compiles; nothing is untranslated, unclosed, or nameless to a screen reader.

What stands in an element with a lang attribute is in that language; a line that is right as it is says
{# lint: ok #}.
"""

import os
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "diemtua"

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
OPTIONAL_END = frozenset(("li", "p", "td", "th", "tr", "thead", "tbody", "tfoot", "option", "dt", "dd"))
SVG = frozenset(("path", "circle", "rect", "line", "polyline", "polygon", "use", "ellipse", "stop"))
QUIET = {"script", "style", "code", "kbd"}
SPOKEN = {
    "title",
    "placeholder",
    "alt",
    "aria-label",
    "aria-description",
    "data-bs-title",
    "hx-confirm",
    "label",
}
LETTERS = re.compile(r"[^\W\d_]{2}")
# The product's name and what has no translation
PLAIN = re.compile(
    r"Điểm Tựa|CSV|XLSX|(?:Geo)?JSON|PDF|Excel|Ctrl|Esc|Enter|Tab|&\w+;|https?://\S+|\b(?:ha|km|MW)\b|m²"
)
BLOCKS = re.compile(
    r"\{%\s*(comment|blocktranslate|blocktrans|verbatim)\b.*?%\}.*?\{%\s*end\1\s*%\}|\{#.*?#\}", re.DOTALL
)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
BRANCH = re.compile(r"\{%-?\s*(if|elif|else|endif|for|empty|endfor|ifchanged|endifchanged)\b")
HIDDEN = "\ue000"  # stands for what Django will put there


def prepare(source: str) -> str:
    """The template with Django's own syntax replaced by a mark, on the same lines."""

    def keep_lines(match: re.Match[str]) -> str:
        said = match[0].startswith(("{{", "{% translate", "{% trans ", "{% blocktrans", "{% include", "{% render"))
        said = said or (match[0].startswith("{%") and not BRANCH.match(match[0]))
        return (HIDDEN if said else " ") + "\n" * match[0].count("\n")

    return TAGS.sub(keep_lines, BLOCKS.sub(keep_lines, source))


class Lint(HTMLParser):
    def __init__(self, branches: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self.stack: list[tuple[str, int]] = []
        self.branches = branches  # with {% if %} around tags, only the sums can be compared
        self.silent: list[str] = []  # open elements whose text is not for translation
        self.labelled: set[str] = set()
        self.fields: list[tuple[int, str, str | None]] = []
        self.named: list[tuple[str, int, bool]] = []  # open <a>, <button>: does anything say what it is?

    def say(self, text: str) -> None:
        self.found.append((self.getpos()[0], text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        for name, value in values.items():
            spoken = name in SPOKEN or (name == "value" and values.get("type") in {"submit", "button", "reset"})
            if spoken and LETTERS.search(PLAIN.sub("", value).replace(HIDDEN, "")):
                self.say(f'{name}="{value}" is not translated')
        if [name for name, _ in attrs].count("id") > 1:
            self.say(f"<{tag}> has two ids")
        speaks = bool(values.get("aria-label") or values.get("title") or values.get("aria-labelledby"))
        if tag == "img" and "alt" not in values:
            self.say("<img> has no alt")
        elif tag == "label":
            self.labelled.add(values.get("for", ""))
        elif tag in {"input", "select", "textarea"} and values.get("type") not in {
            "hidden",
            "submit",
            "button",
        }:
            inside = any(open_tag == "label" for open_tag, _ in self.stack)
            if not (inside or speaks or HIDDEN in values.get("id", "")):
                self.fields.append((self.getpos()[0], tag, values.get("id")))
        if (tag == "img" and values.get("alt")) or speaks:
            self.named = [(t, line, True) for t, line, _ in self.named]
        if tag in {"a", "button"}:
            self.named.append((tag, self.getpos()[0], speaks))
        quiet = tag in QUIET or (tag != "html" and "lang" in values)
        if tag not in VOID | SVG and (quiet or self.silent):
            self.silent.append(tag)
        if tag not in VOID | SVG:
            self.stack.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID | SVG:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass
        if tag in {"a", "button"} and self.named:
            kind, line, named = self.named.pop()
            if not named:
                self.found.append((line, f"<{kind}> says nothing to a screen reader: give it text or aria-label"))
        if tag in VOID | SVG:
            return
        if self.stack and self.stack[-1][0] == tag:
            self.stack.pop()
            return
        opened = [name for name, _ in self.stack]
        if tag in opened:
            while self.stack[-1][0] != tag:
                name, line = self.stack.pop()
                if name not in OPTIONAL_END and not self.branches:
                    self.found.append((line, f"<{name}> is not closed"))
            self.stack.pop()
        elif not self.branches:
            self.say(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if HIDDEN in data or LETTERS.search(data):
            self.named = [(tag, line, True) for tag, line, _ in self.named]
        if self.silent or not LETTERS.search(PLAIN.sub("", data).replace(HIDDEN, "")):
            return
        lines = data.split("\n")
        for number, line in enumerate(lines):
            if LETTERS.search(PLAIN.sub("", line).replace(HIDDEN, "")):
                text = line.replace(HIDDEN, "…").strip()
                self.found.append((self.getpos()[0] + number, f"text is not translated: {text[:60]}"))

    def finish(self, whole: bool) -> list[tuple[int, str]]:
        for line, tag, identity in self.fields:
            if identity not in self.labelled or identity is None:
                self.found.append((line, f"<{tag}> has no label"))
        if whole and not self.branches:
            self.found += [(line, f"<{tag}> is not closed") for tag, line in self.stack if tag not in OPTIONAL_END]
        return sorted(set(self.found))


def lint(source: str) -> list[tuple[int, str]]:
    """(line, what is wrong) for one template."""
    source = source.replace(HIDDEN, "")
    parser = Lint(branches=_tags_in_branches(source))
    parser.feed(prepare(source))
    parser.close()
    lines = source.split("\n")
    return [(line, text) for line, text in parser.finish(whole=True) if "{# lint: ok #}" not in lines[line - 1]]


def _tags_in_branches(source: str) -> bool:
    """Does a branch open what it does not close? Then the order of tags cannot be judged from the text."""
    source = BLOCKS.sub("", source)
    depth: list[int] = []
    balance = 0
    for part in re.finditer(r"\{%-?\s*(\w+).*?%\}|<(/?)([a-zA-Z][\w-]*)[^<>]*?(/?)>", source, re.DOTALL):
        word = part[1]
        if word in {"if", "for", "ifchanged", "block", "with"}:
            depth.append(balance)
        elif word in {"elif", "else", "empty"} or (word and word.startswith("end") and depth):
            if word.removeprefix("end") not in {
                "if",
                "for",
                "ifchanged",
                "block",
                "with",
                "elif",
                "else",
                "empty",
            }:
                continue
            if depth and depth[-1] != balance:
                return True
            if word.startswith("end"):
                depth.pop()
        elif part[3] and part[3].lower() not in VOID | SVG | OPTIONAL_END and not part[4]:
            balance += -1 if part[2] else 1
    return False


def templates() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("templates/**/*")):
        if "django/forms/widgets" in path.as_posix():
            continue  # a bare widget: the form around it gives the label
        if path.is_file() and path.suffix in {".html", ".txt"}:
            yield path


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diemtua.config.settings")
    django.setup()
    from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
    from django.template.loader import get_template

    wrong, count = [], 0
    for path in templates():
        count += 1
        place = path.relative_to(ROOT)
        source = path.read_text(encoding="utf-8")
        try:
            engines["django"].from_string(source)
            for name in re.findall(r"""\{%\s*(?:extends|include)\s+["']([^"']+)["']""", BLOCKS.sub("", source)):
                get_template(name)
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            wrong.append(f"{place}: {type(error).__name__}: {error}")
            continue
        if path.suffix == ".html":
            wrong += [f"{place}:{line}: {text}" for line, text in lint(source)]
    print("\n".join(wrong) if wrong else f"{count} templates are good.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
