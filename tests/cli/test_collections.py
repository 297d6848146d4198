"""`import` and `export` from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from komet_console.cli.app import main
from komet_console.cli.status import ExitStatus

SECRET = "test-token-number-1"
CURL = f"curl 'https://api.kometsales.com/api/customer.list?authenticationToken={SECRET}'\n"


@pytest.fixture
def curl_file(tmp_path: Path) -> Path:
    file = tmp_path / "calls.sh"
    file.write_text(CURL)
    return file


def test_import_stores_a_collection_without_its_secrets(
    curl_file: Path, komet_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(curl_file)]) == ExitStatus.SUCCESS
    told = capsys.readouterr()
    assert "1 request, 1 of them a call of Komet's methods" in told.out
    assert "{{token}}" in told.err
    assert SECRET not in told.out + told.err
    (file,) = (komet_home / "workspace" / "collections" / "calls").glob("customer*.yml")
    assert "{{token}}" in file.read_text()
    assert main(["import", str(curl_file)]) == ExitStatus.SUCCESS
    assert (komet_home / "workspace" / "collections" / "calls 2").is_dir(), "nothing is written over"


def test_import_shows_only_when_asked_to(curl_file: Path, tmp_path: Path, komet_home: Path) -> None:
    assert main(["import", str(curl_file), "--dry-run", "--into", str(tmp_path / "there")]) == ExitStatus.SUCCESS
    assert not (tmp_path / "there").exists()
    assert not komet_home.exists()


def test_one_bad_file_does_not_stop_the_others(
    curl_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    there = tmp_path / "there"
    assert main(["import", str(bad), str(curl_file), "--into", str(there)]) == ExitStatus.PARTIAL
    assert "no JSON: line 1" in capsys.readouterr().err
    assert [one.name for one in there.iterdir() if not one.name.startswith(".")] == ["calls"]
    assert main(["import", str(bad)]) == ExitStatus.USAGE
    capsys.readouterr()
    gone = tmp_path / "gone.json"
    assert main(["import", str(gone)]) == ExitStatus.USAGE
    assert capsys.readouterr().err.startswith(f"{gone} cannot be read"), "its name is said once"


FIXTURES = Path(__file__).parents[1] / "interchange" / "fixtures"
KINDS = [
    "calls.http",
    "calls.sh",
    "insomnia.yaml",
    "insomnia-4.yaml",
    "recorded.har",
    "shop.postman_collection.json",
    "shop.postman_environment.json",
]


def piped(data: bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`import` as a process of its own with something in its pipe."""
    done = subprocess.run(
        [sys.executable, "-m", "komet_console", "import", *arguments],
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("name", KINDS)
def test_standard_input_is_read_as_a_file_is(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(FIXTURES / name), "--dry-run"]) == ExitStatus.SUCCESS
    wanted = capsys.readouterr()
    done = piped((FIXTURES / name).read_bytes(), "-", "--dry-run")
    assert done.returncode == ExitStatus.SUCCESS, done.stderr
    first, *others = done.stdout.splitlines()
    assert first.startswith("standard input: ")
    assert others == wanted.out.splitlines()[1:]
    assert done.stderr == wanted.err


def test_what_comes_through_a_pipe_is_stored_beside_files(curl_file: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    done = piped(CURL.encode(), "-", str(curl_file), "--into", str(there))
    assert done.returncode == ExitStatus.SUCCESS, done.stderr
    assert sorted(one.name for one in there.iterdir() if not one.name.startswith(".")) == ["calls", "curl"]
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("data", "arguments", "said"),
    [
        (b"", ["-"], "standard input: The file is empty."),
        (b"{", ["-"], "standard input: The file is no JSON: line 1"),
        (b"hello", ["-"], "standard input: The file is in none of the formats"),
        (CURL.encode(), ["-", "-"], "Standard input can be read only once."),
    ],
)
def test_what_is_wrong_with_standard_input_is_said(data: bytes, arguments: list[str], said: str) -> None:
    done = piped(data, *arguments)
    assert (done.returncode, said in done.stderr) == (ExitStatus.USAGE, True), done.stderr
    assert "Traceback" not in done.stderr


def test_an_environment_goes_into_the_collection_imported_with_it(curl_file: Path, tmp_path: Path) -> None:
    environment = tmp_path / "e.json"
    environment.write_text(
        json.dumps({"name": "Staging", "values": [{"key": "baseUrl", "value": "http://127.0.0.1/api"}]})
    )
    there = tmp_path / "there"
    assert main(["import", str(curl_file), str(environment), "--into", str(there)]) == ExitStatus.SUCCESS
    assert (there / "calls" / "environments" / "Staging.yml").is_file()


@pytest.mark.parametrize("form", ["postman", "har", "http", "curl", "opencollection"])
def test_export_and_import_again(
    form: str, curl_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(curl_file)]) == ExitStatus.SUCCESS
    out = tmp_path / "out"
    assert main(["export", "calls", "--format", form, "--output", str(out)]) == ExitStatus.SUCCESS
    assert out.is_dir() == (form == "opencollection")
    assert main(["export", "calls", "--format", form, "--output", str(out)]) == ExitStatus.USAGE
    assert "exists already" in capsys.readouterr().err
    assert main(["import", str(out), "--dry-run"]) == ExitStatus.SUCCESS
    assert "1 of them a call of Komet's methods" in capsys.readouterr().out


def test_export_writes_to_a_pipe_and_names_what_there_is(
    curl_file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    main(["import", str(curl_file)])
    capfdbinary.readouterr()
    assert main(["export", "calls", "--format", "postman", "--output", "-"]) == ExitStatus.SUCCESS
    assert json.loads(capfdbinary.readouterr().out)["info"]["name"] == "calls"
    assert main(["export", "nothing", "--format", "har", "--output", "-"]) == ExitStatus.USAGE
    assert b"There are: calls." in capfdbinary.readouterr().err
    assert main(["export", "../../etc", "--format", "har", "--output", "-"]) == ExitStatus.USAGE
