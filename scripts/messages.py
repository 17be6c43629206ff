"""Translations without a system gettext.

  messages.py extract [--prune]   collect the strings of code and templates (--prune forgets old ones)
  messages.py compile             write .mo files where the .po is newer
  messages.py check               name what is untranslated, doubtful, has other placeholders, or is stale

A catalogue holds no line numbers and no dates, sorted by string: it changes only when a string does.
"""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "diemtua"
LOCALE = PACKAGE / "locale"
LANGUAGE = "vi"
SAME = ROOT / "scripts" / "same-in-vietnamese.txt"

KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = (
    'msgid ""\nmsgstr ""\n'
    '"Project-Id-Version: Điểm Tựa\\n"\n'
    f'"Language: {LANGUAGE}\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
)
Key = tuple[str, str]  # msgid (singular), context

PERCENT = re.compile(r"%(?:\((\w+)\))?[#0\- +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
BRACE = re.compile(r"\{(\w*)[^{}]*\}")


def key(message: Message) -> Key:
    return singular(message), message.context or ""


def singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id


def sources() -> list[Path]:
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]
    out = {"tests", "migrations", "testing", "locale", "static", "data"}
    return sorted(
        path
        for path in files
        if not out & set(path.relative_to(PACKAGE).parts[:-1]) and (path.suffix == ".py" or "templates" in path.parts)
    )


def collect() -> Catalog:
    """Every string marked for translation, as the code has it now."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    catalog = Catalog(locale=LANGUAGE)
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # templatize leaves calls of gettext among words like XXXX; in brackets indentation is free.
            text = "(\n" + templatize(text, origin=str(path)) + "\n)\n"
        elif not re.search(r"gettext|\b_\(", text):
            continue
        try:
            for _, found, comments, context in extract(
                "python", BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}, True
            ):
                catalog.add(found, None, auto_comments=comments, context=context)
        except Exception as error:
            raise SystemExit(f"{path.relative_to(ROOT)}: strings could not be read: {error}") from error
    return catalog


def catalogue_path() -> Path:
    return LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"


def read() -> Catalog:
    path = catalogue_path()
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain="django")


def write(catalog: Catalog) -> bool:
    """Write the catalogue if that changes it."""
    body = BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    content = (HEADER + "\n" + body.getvalue().decode().strip() + "\n").encode()
    path = catalogue_path()
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def run_extract(prune: bool = False) -> int:
    old, found, merged = read(), collect(), Catalog(locale=LANGUAGE)
    known = {key(message): message for message in (*old.obsolete.values(), *old) if message.id}
    new = 0
    for message in found:
        if not message.id:
            continue
        before = known.pop(key(message), None)
        translation = before.string if before else None
        if isinstance(message.id, (list, tuple)):
            translation = (translation if isinstance(translation, (list, tuple)) else (translation or "",))[:1]
        elif isinstance(translation, (list, tuple)):
            translation = translation[0]
        new += before is None
        merged.add(
            message.id,
            translation or None,
            flags=(set(message.flags) | ({"fuzzy"} if before and before.fuzzy else set())),
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before else (),
            context=message.context,
        )
    if not prune:  # a string that is away for a day keeps its translation
        for message in known.values():
            if any(message.string) if isinstance(message.string, (list, tuple)) else message.string:
                merged.obsolete[merged._key_for(message.id, message.context)] = message
    changed = write(merged)
    missing = sum(1 for message in merged if message.id and not _translated(message))
    gone = len(merged.obsolete)
    print(
        f"{len(merged)} strings, {new} new, {missing} without Vietnamese"
        + (f", {gone} no longer used (extract --prune forgets them)" if gone else "")
        + ("." if changed else "; nothing changed.")
    )
    return 0


def run_compile() -> int:
    for path in sorted(PACKAGE.glob("locale*/*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parts[-3], domain=path.stem)
        part = target.with_suffix(".mo.part")
        with part.open("wb") as file:
            write_mo(file, catalog)
        part.replace(target)
        print(f"· Compiled {path.relative_to(ROOT)}.")
    return 0


def _strings(message: Message) -> list[str]:
    return [s or "" for s in message.string] if isinstance(message.string, (list, tuple)) else [message.string or ""]


def _translated(message: Message) -> bool:
    return all(_strings(message))


def placeholders(text: str, percent: bool) -> set[str]:
    """The names a string fills in: %(x)s by name, %s by their number, {x} by name."""
    found = {f"{{{match[1]}}}" for match in BRACE.finditer(text)}
    if percent:
        matches = list(PERCENT.finditer(text.replace("%%", "")))
        found |= {f"%({match[1]})" for match in matches if match[1]}
        found |= {f"{n} × %" for n in [sum(1 for match in matches if not match[1])] if n}
    return found


def problems() -> list[str]:
    catalog, found = read(), collect()
    same = set(SAME.read_text(encoding="utf-8").splitlines()) if SAME.exists() else set()
    wanted, have = {key(m) for m in found if m.id}, {key(m) for m in catalog if m.id}

    def name(k: Key) -> str:
        return f"{k[0]!r}" + (f" ({k[1]})" if k[1] else "")

    wrong = [f"not collected (make messages): {name(k)}" for k in sorted(wanted - have)]
    wrong += [f"no longer in the code (make messages): {name(k)}" for k in sorted(have - wanted)]
    for message in catalog:
        if not message.id:
            continue
        text = name(key(message))
        if not _translated(message):
            wrong.append(f"no Vietnamese: {text}")
            continue
        if message.fuzzy:
            wrong.append(f"doubtful (fuzzy): {text}")
        ids = list(message.id) if isinstance(message.id, (list, tuple)) else [message.id]
        percent = "python-format" in message.flags
        # English may leave the number out of "one record"; Vietnamese has one form, the general one.
        for translation in _strings(message):
            if placeholders(translation, percent) != placeholders(ids[-1], percent):
                wrong.append(f"placeholders differ: {text} → {translation!r}")
            words = PERCENT.sub("", BRACE.sub("", translation))
            if translation in ids and translation not in same and re.search(r"[A-Za-z]{2}", words):
                wrong.append(f"Vietnamese equals English (list it in scripts/{SAME.name} if so meant): {text}")
    return wrong


def run_check() -> int:
    wrong = problems()
    print("\n".join(wrong) if wrong else "Every string has its Vietnamese.")
    return 1 if wrong else 0


if __name__ == "__main__":
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "extract":
        raise SystemExit(run_extract(prune="--prune" in sys.argv))
    if command == "compile":
        raise SystemExit(run_compile())
    if command == "check":
        raise SystemExit(run_check())
    raise SystemExit(__doc__)
