"""`diemtua read` and `diemtua labels` as people use them: real processes, real files, their words and exit codes."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from diemtua.testing.server import ScratchServer

pytestmark = pytest.mark.process

NEWS = """Quảng Trị ký kết với Salavan

Thứ Ba, 14/05/2024 | 09:30

Chiều 13/5, UBND tỉnh Quảng Trị ký thỏa thuận hợp tác với tỉnh Salavan (Lào), vốn hỗ trợ 2,5 tỷ đồng.
"""


def read(*arguments: str | Path, var: Path, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "diemtua.cli.main", "read", *map(str, arguments)],
        env={**os.environ, "DIEMTUA_VAR": str(var), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nowhere"},
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
    )


def lines(done: "subprocess.CompletedProcess[bytes]") -> list[dict]:
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_files_become_json_lines_without_a_database(tmp_path: Path) -> None:
    loose = unicodedata.normalize("NFD", NEWS)
    (tmp_path / "plain.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "loose.txt").write_text(loose, encoding="utf-8")
    page = f"<html><head><title>x</title></head><body><article><h1>Tin</h1><p>{NEWS}</p></article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    many = [{"id": f"t{n}", "text": NEWS, "home_province": "Huế", "published": "2020-01-02"} for n in (1, 2)]
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, many)), encoding="utf-8")

    var = tmp_path / "var"
    names = ("plain.txt", "loose.txt", "page.html", "many.jsonl")
    found = lines(read("--json", *(tmp_path / n for n in names), var=var))
    assert [one["id"] for one in found] == ["plain", "loose", "page", "t1", "t2"]
    for one, text in zip(found, (NEWS, loose, found[2]["text"], NEWS, NEWS), strict=True):
        for entity in one["entities"]:
            assert text[entity["start"] : entity["end"]] == entity["quote"]
        kinds = {e["type"]: e.get("norm") for e in one["entities"]}
        assert kinds["COUNTRY"] == "LA"
        assert kinds["MONEY"] == {"amount": 2_500_000_000, "currency": "VND"}
        ids = {e["id"] for e in one["entities"]}
        assert {r["type"] for r in one["relations"]} >= {"cooperates_with", "locality_of"}
        assert all({r["from"], r["to"]} <= ids for r in one["relations"])
    assert (found[0]["home_province"], found[0]["published"]) == ("Quảng Trị", "2024-05-14")
    assert (found[3]["home_province"], found[3]["published"]) == ("Huế", "2020-01-02")
    assert not list(var.glob("*.sqlite3"))


def test_home_day_pipe_and_words_for_people(tmp_path: Path) -> None:
    done = read("-", "--home", "hue", "--published", "3/2/2021", var=tmp_path, given=NEWS.encode())
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "Huế, 03/02/2021" in text
    assert "UBND tỉnh Quảng Trị" in text
    assert "--locality_of-->" in text
    old = lines(read("-", "--json", var=tmp_path, given="Quan hÖ víi tØnh Thanh Ho¸ vµ thµnh phè H¶i Phßng.".encode()))
    assert {e["quote"] for e in old[0]["entities"]} == {"tỉnh Thanh Hoá", "thành phố Hải Phòng"}
    assert old[0]["warnings"]


def test_what_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "program.txt").write_bytes(b"\x7fELF" + bytes(200))
    (tmp_path / "lines.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    bad = ("empty.txt", "program.txt", "lines.jsonl", "nowhere.txt")
    done = read("--json", tmp_path / "good.txt", *(tmp_path / n for n in bad), var=tmp_path)
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.decode().splitlines()] == ["good"]
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert [name for name in bad if name in said] == list(bad)
    assert len(said.strip().splitlines()) == len(bad)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(("--home", "Atlantis"), "Atlantis"), (("--published", "31/02/2023"), "31"), (("--published", "2023"), "2023")],
)
def test_wrong_calls(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    done = read("-", *arguments, var=tmp_path, given=NEWS.encode())
    said = done.stderr.decode()
    assert done.returncode == 2
    assert word in said
    assert len(said.strip().splitlines()) == 1


def test_proposing_for_officers_and_their_labels(tmp_path: Path) -> None:
    paper = tmp_path / "tin.txt"
    paper.write_text(NEWS, encoding="utf-8")
    secret = tmp_path / "mat.txt"
    secret.write_text("TỐI MẬT\n\nBÁO CÁO\nVề việc hợp tác.", encoding="utf-8")
    with ScratchServer(empty=True) as server:
        done = server.run("read", str(paper), "--propose", check=False)
        assert done.returncode == 0, done.stderr
        assert "/review/" in done.stdout
        again = server.run("read", str(paper), "--propose", "--home", "Quảng Trị", check=False)
        assert again.stdout.split("facts wait")[0] == done.stdout.split("facts wait")[0]
        refused = server.run("read", str(secret), "--propose", check=False)
        assert refused.returncode == 1
        assert "mat.txt" not in refused.stderr
        assert server.run("labels", check=False).stdout == "", "nothing is decided yet"
