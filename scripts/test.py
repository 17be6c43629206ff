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


def run(part: Part, arguments: list[str], database: str | None, folder: Path) -> None:
    report = folder / f"{part.name}.xml"
    variables = folder / part.name.replace(" ", "-")
    variables.mkdir()
    # Compiled modules are kept: each worker would spend seconds on compiling the product and its tests again.
    left_out = {"DATABASE_URL", "HOST", "PORT", "PYTHONDONTWRITEBYTECODE"}
    env = {key: value for key, value in os.environ.items() if key not in left_out}
    env |= {
        "DIEMTUA_VAR": str(variables),
        "PYTHONUNBUFFERED": "1",
        **({"DATABASE_URL": database} if database else {}),
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


def load_province(stack: ExitStack, database: str) -> None:
    """Load the demonstration once, for the servers of a part's tests to begin with (once for each engine)."""
    from diemtua.testing.server import PROVINCE, PROVINCE_DATABASE, ScratchServer

    if database not in provinces:
        os.environ.pop(PROVINCE, None)
        provinces[database] = loaded = stack.enter_context(ScratchServer(database=database))
        loaded.stop()
    os.environ[PROVINCE] = str(provinces[database].var)
    os.environ[PROVINCE_DATABASE] = urlsplit(provinces[database].database_url).path.lstrip("/") if database else ""


provinces: dict[str, Any] = {}


def main() -> int:
    from diemtua.testing import NotHere
    from diemtua.testing.postgres import TEMPLATE, postgres, template

    arguments = sys.argv[1:]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diemtua-test-")))
        server = None
        for part in PARTS:
            print(f"\n=== {part.name} ===", flush=True)
            if part.engine == "postgres" and server is None:
                try:
                    server = stack.enter_context(postgres())
                    os.environ[TEMPLATE] = stack.enter_context(template(server))
                except NotHere as reason:
                    part.trouble = str(reason)
                    print(reason, flush=True)
                    continue
            database = server if part.engine == "postgres" else None
            if "not process" not in part.marks:
                try:
                    load_province(stack, database or "")
                except RuntimeError as error:
                    part.trouble = f"the demonstration could not be loaded: {error}"
                    continue
            run(part, arguments, database, folder)
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
