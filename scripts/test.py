"""`make test`: every part of the suite, and one honest line about each at the end.

The parts: everything on SQLite, the same on PostgreSQL, real processes on both, real pages in Chromium.
A test skipped because it belongs to the other engine ("only on PostgreSQL") is as it should be. Any other
skip is something that could not run: it is named, and in CI it fails.

Arguments go to pytest: make test ARGS="-k dates".
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
CI = bool(os.environ.get("CI"))
LIMIT_SECONDS = 40 * 60  # for one part: a test that hangs must not hang for ever
PLUGIN = ["-p", "diemtua.testing.plugin"]


@dataclass
class Part:
    name: str
    marks: str
    engine: str
    spread: str  # how pytest-xdist hands tests to its workers
    only: str = ""  # the mark that a file must name to hold a test of this part
    passed: int = 0
    failed: int = 0
    elsewhere: int = 0
    could_not: list[str] = field(default_factory=list)
    seconds: float = 0
    trouble: str = ""

    @property
    def good(self) -> bool:
        return not (self.failed or self.trouble or (CI and self.could_not))

    def __str__(self) -> str:
        words = [f"{self.passed} passed", f"{self.failed} failed"]
        if self.elsewhere:
            words.append(f"{self.elsewhere} belong to another engine")
        if self.could_not:
            words.append(f"{len(self.could_not)} COULD NOT RUN")
        if self.trouble:
            words.append(self.trouble)
        return f"{'ok  ' if self.good else 'FAIL'} {self.name:<26} {', '.join(words)} ({self.seconds:.0f} s)"


PARTS = [
    Part("suite on SQLite", "not process and not browser", "sqlite", "load"),
    Part("suite on PostgreSQL", "not process and not browser", "postgres", "load"),
    # The tests of one file share a served province: they stay together.
    Part("processes on SQLite", "process and not browser", "sqlite", "loadfile", "process"),
    Part("processes on PostgreSQL", "process and not browser", "postgres", "loadfile", "process"),
    Part("pages in Chromium", "browser", "sqlite", "worksteal", "browser"),
]


# To read all files costs a worker seven seconds, and there are ten.
TEST_FILES = sorted(path for folder in ("src", "tests") for path in (ROOT / folder).rglob("test_*.py"))


def run(part: Part, arguments: list[str], told: dict[str, str], folder: Path) -> None:
    report = folder / f"{part.name}.xml"
    variables = folder / part.name.replace(" ", "-")
    variables.mkdir()
    # Compiled modules are kept: each worker would spend seconds on compiling the product and its tests again.
    left_out = {"DATABASE_URL", "HOST", "PORT", "PYTHONDONTWRITEBYTECODE"}
    env = {key: value for key, value in os.environ.items() if key not in left_out}
    env |= {
        "DIEMTUA_VAR": str(variables),
        "PYTHONUNBUFFERED": "1",
        **told,
    }
    command = [sys.executable, "-m", "pytest", *PLUGIN, "-m", part.marks, f"--junitxml={report}"]
    command += ["-n", str(max(2, min(os.cpu_count() or 2, 8))), "--dist", part.spread]
    began = time.monotonic()
    named = any((ROOT / word.partition("::")[0]).exists() for word in arguments)
    files = [] if named or not part.only else [path for path in TEST_FILES if f"mark.{part.only}" in path.read_text()]
    process = subprocess.Popen([*command, *map(str, files), *arguments], cwd=ROOT, env=env, start_new_session=True)
    try:
        code = process.wait(LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        part.trouble = f"was still running after {LIMIT_SECONDS // 60} minutes"
        code = -1
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        part.seconds = time.monotonic() - began
    if report.exists():
        count(part, report)
    if part.trouble:
        return
    if code == 5 and not arguments:
        part.trouble = "there is no such test"
    elif code not in {0, 1, 5} or (code == 1 and not part.failed):
        part.trouble = f"pytest ended with code {code}"


def count(part: Part, report: Path) -> None:
    for case in ElementTree.parse(report).iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            part.failed += 1
        elif skipped is None or skipped.get("type") == "pytest.xfail":
            part.passed += 1
        elif re.match(r"only on ", skipped.get("message", "")):
            part.elsewhere += 1
        else:
            part.could_not.append(f"{case.get('classname')}.{case.get('name')}: {skipped.get('message')}")


@dataclass
class Engine:
    """What the parts on one engine begin with, made once: a server (PostgreSQL), and a loaded demonstration."""

    stack: ExitStack
    server: str = ""
    template: str = ""
    province: Any = None
    trouble: str = ""

    def prepare(self, name: str) -> None:
        from diemtua.testing import NotHere, sqlite
        from diemtua.testing.postgres import postgres, template
        from diemtua.testing.server import ScratchServer

        try:
            if name == "postgres":
                self.server = self.stack.enter_context(postgres())
                self.template = self.stack.enter_context(template(self.server))
            else:
                sqlite.template()
            self.province = self.stack.enter_context(ScratchServer(database=self.server, made_from=self.template))
            self.province.stop()
        except NotHere as reason:
            self.trouble = str(reason)
        except RuntimeError as error:
            self.trouble = f"the demonstration could not be loaded: {error}"

    def environment(self) -> dict[str, str]:
        """What tests on this engine are told."""
        from diemtua.testing.postgres import TEMPLATE
        from diemtua.testing.server import PROVINCE, PROVINCE_DATABASE

        database = urlsplit(self.province.database_url).path.lstrip("/") if self.server else ""
        told = {PROVINCE: str(self.province.var), PROVINCE_DATABASE: database}
        return told | ({TEMPLATE: self.template, "DATABASE_URL": self.server} if self.server else {})


def main() -> int:
    arguments = sys.argv[1:]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diemtua-test-")))
        engines = {name: Engine(stack.enter_context(ExitStack())) for name in ("sqlite", "postgres")}
        print("=== databases are migrated, the demonstration is loaded, on both engines at once ===", flush=True)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda name: engines[name].prepare(name), engines))
        for part in PARTS:
            print(f"\n=== {part.name} ===", flush=True)
            engine = engines[part.engine]
            part.trouble = engine.trouble
            if part.trouble:
                print(part.trouble, flush=True)
                continue
            run(part, arguments, engine.environment(), folder)
    print("\n=== summary ===")
    for part in PARTS:
        print(part)
        for what in part.could_not:
            print(f"       could not run: {what}")
    passed, failed = sum(p.passed for p in PARTS), sum(p.failed for p in PARTS)
    skipped = sum(p.elsewhere + len(p.could_not) for p in PARTS)
    print(f"tests: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 0 if all(part.good for part in PARTS) and passed else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
