"""The pages of the editor speak Vietnamese, and no word of the desk changes what one of theirs means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
import taggit
import wagtail
import wagtail_localize
from django.utils.translation import override
from django.utils.translation.trans_real import DjangoTranslation

from diemtua.config.settings import PACKAGE

# The same in both languages, or said to programs and never to people.
HOLES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")  # where something is put in
SAME = {"%(type)s: %(title)s", "Email", "Email:", "HTML", "ID", "SEO", "URL", "OK", "iframe", "Avatar", "CSV", "XLSX"}
# One English word of the desk and of the editor whose Vietnamese differs, and either fits both.
EITHER = {"Copied", "Publish", "Published", "status"}


def strings(domain: str) -> Iterator[polib.POEntry]:
    """What the editor's libraries have marked for translation."""
    for library in (wagtail, wagtail_localize, taggit):
        for path in sorted(Path(library.__file__ or "").parent.rglob(f"locale/en/LC_MESSAGES/{domain}.po")):
            yield from polib.pofile(str(path))


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_word_of_the_editor_has_its_vietnamese(domain: str) -> None:
    with override("vi"):
        words = DjangoTranslation("vi", domain=domain)
        lacking = []
        for entry in strings(domain):
            known = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
            if entry.msgid_plural:
                said = words.ngettext(known, entry.msgid_plural, 2)
                same = said == entry.msgid_plural
            else:
                said = words.gettext(known)
                same = said in (known, entry.msgid)
            if same and any(letter.isalpha() for letter in HOLES.sub("", entry.msgid)) and entry.msgid not in SAME:
                lacking.append(entry.msgid)
    assert not lacking, "\n".join(lacking)


def test_no_word_means_one_thing_at_the_desk_and_another_in_the_editor() -> None:
    ours = polib.pofile(str(PACKAGE / "locale/vi/LC_MESSAGES/django.po"))
    desk = {e.msgid: e.msgstr for e in ours if not e.msgctxt and e.msgstr}
    theirs: dict[str, set[str]] = {}
    catalogues = [
        PACKAGE / "locale_cms/vi/LC_MESSAGES/django.po",
        *Path(wagtail.__file__ or "").parent.rglob("locale/vi/LC_MESSAGES/django.po"),
    ]
    for number, path in enumerate(catalogues):
        for entry in polib.pofile(str(path)):
            if not entry.msgctxt and entry.msgstr and (number == 0 or entry.msgid not in theirs):
                theirs.setdefault(entry.msgid, set()).add(entry.msgstr)
    differ = sorted(w for w, said in desk.items() if w in theirs and said not in theirs[w] and w not in EITHER)
    assert differ == [], [(w, desk[w], theirs[w]) for w in differ]
