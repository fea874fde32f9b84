"""The rating page over real HTTP: who may ask, what is saved, and what outlives a kill."""

from __future__ import annotations

import fcntl
import http.client
import json
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode, urlsplit

import pytest

from eval.rate import main
from eval.rating.desk import INCOMPLETE, RESTARTED, Desk
from eval.rating.file import RatingFile, RatingFileError, ratings_dir
from eval.rating.pairs import plan, read_outputs
from eval.rating.records import Marks
from eval.rating.server import MOST_BYTES, RatingServer
from eval.runs import Run
from eval.tasks import read_items
from tests.eval.rating import SCRIPT, SYSTEMS, filled, rating_page, ratings_in, write_rated_run
from tests.eval.rows import RUN, write_anchored_run

PAIRS = 6
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Client:
    """A browser without a screen: it knows an address and the last page's token."""

    address: str
    token: str = ""

    def ask(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, str, Mapping[str, str]]:
        """Send one request; gives status, text and headers, and goes nowhere by itself."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
        try:
            connection.request(method, path, body.encode(), dict(headers or {}))
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, text, dict(answer.getheaders())
        finally:
            connection.close()

    def get(self, path: str) -> str:
        """Open a page, and remember its token."""
        status, text, _ = self.ask("GET", path)
        assert status == 200
        found = re.search(r'name="token" value="([^"]+)"', text)
        self.token = found[1] if found else ""
        return text

    def save(self, path: str, fields: Mapping[str, str]) -> tuple[int, str, Mapping[str, str]]:
        """Send a form with the token."""
        return self.ask("POST", path, urlencode({**fields, "token": self.token}), FORM)

    def next(self) -> str:
        """Say which pair comes next."""
        status, _, headers = self.ask("GET", "/")
        assert status == 303
        return headers["Location"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write a run and stand where its paths start."""
    monkeypatch.chdir(tmp_path)
    return write_rated_run(tmp_path)


@pytest.fixture
def client(run: Run) -> Iterator[Client]:
    """Serve the page of rater `kim` from a thread, with the first pair's token in hand."""
    items = read_items(run.test, run.task)
    pairs = plan(items, read_outputs(run, items, SYSTEMS), rater="kim", most=60, seed=0)
    with RatingFile(ratings_dir(run), "kim") as file:
        server = RatingServer(Desk(run, "kim", pairs, file), 0)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        client = Client(f"http://127.0.0.1:{server.server_port}/")
        client.get("/pair/1")
        yield client
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_rating_is_on_the_disk_before_the_next_pair(client: Client, tmp_path: Path) -> None:
    """What was chosen stands in the file, with the systems in the order shown."""
    status, _, headers = client.save("/pair/1", filled("12345", "54321", "second"))
    assert (status, headers["Location"], client.next()) == (303, "/", "/pair/2")
    (rating,) = ratings_in(tmp_path, "kim")
    assert rating.marks == (Marks(1, 2, 3, 4, 5), Marks(5, 4, 3, 2, 1))
    assert (rating.verdict, rating.rater) == ("second", "kim")
    assert {rating.first, rating.second} == set(SYSTEMS)


def test_a_skipped_pair_has_no_marks_and_comes_no_more(client: Client, tmp_path: Path) -> None:
    """Skipping needs no marks, and drops those that were set."""
    client.save("/pair/1", {"action": "skip"})
    client.save("/pair/2", {**filled("11111", "11111", "tie"), "action": "skip"})
    assert client.next() == "/pair/3"
    assert [(r.verdict, r.marks) for r in ratings_in(tmp_path, "kim")] == [("skipped", None)] * 2


def test_going_back_shows_and_changes_a_rating(client: Client, tmp_path: Path) -> None:
    """A pair that was rated shows its marks; saved anew, the last line is in force."""
    client.save("/pair/1", filled("12345", "54321", "first"))
    page = client.get("/pair/1")
    assert page.count(" checked") == 11
    assert 'name="first-tone" value="5" required checked' in page
    client.save("/pair/1", filled("12345", "54321", "tie"))
    assert [r.verdict for r in ratings_in(tmp_path, "kim")] == ["first", "tie"]
    assert 'value="tie" required checked' in client.get("/pair/1")
    assert client.next() == "/pair/2"


def test_saving_twice_doubles_nothing(client: Client, tmp_path: Path) -> None:
    """The same form sent twice, as by a double click, is one rating."""
    for _ in range(2):
        assert client.save("/pair/1", filled("33333", "33333", "tie"))[0] == 303
    assert len(ratings_in(tmp_path, "kim")) == 1


def test_behind_the_last_pair_is_an_end(client: Client) -> None:
    """With every pair rated or skipped, the end says how many, and offers what was skipped."""
    for number in range(1, PAIRS):
        client.save(f"/pair/{number}", filled("33333", "33333", "tie"))
    assert client.ask("GET", "/done")[2]["Location"] == "/"
    client.save(f"/pair/{PAIRS}", {"action": "skip"})
    assert client.next() == "/done"
    page = client.get("/done")
    assert "6쌍 가운데 5쌍을 평가하고 1쌍을 건너뛰었습니다" in page
    assert f'href="/pair/{PAIRS}">{PAIRS}번' in page
    assert f"python -m eval.ratings --run {RUN}" in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "127.0.0.1:1"},
        {"Host": ""},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_site_gets_nothing(
    client: Client, tmp_path: Path, method: str, headers: Mapping[str, str]
) -> None:
    """A name that was pointed here, or a page of elsewhere, is refused, token or not."""
    body = urlencode({**filled("33333", "33333", "tie"), "token": client.token})
    status, text, _ = client.ask(method, "/pair/1", body, {**FORM, **headers})
    assert status == 403
    assert "지원" not in text
    assert ratings_in(tmp_path, "kim") == []


def test_localhost_is_this_machine_too(client: Client) -> None:
    """The other name of this machine is answered."""
    port = urlsplit(client.address).port
    assert client.ask("GET", "/pair/1", headers={"Host": f"localhost:{port}"})[0] == 200


@pytest.mark.parametrize("token", ["", "x", "열쇠"])
def test_a_post_without_the_token_saves_nothing(client: Client, tmp_path: Path, token: str) -> None:
    """A page of before a restart is told so and keeps what was chosen; saved again, it counts."""
    fields = filled("12345", "54321", "first")
    status, page, _ = client.ask("POST", "/pair/1", urlencode({**fields, "token": token}), FORM)
    assert status == 403
    assert RESTARTED in page
    assert page.count(" checked") == 11
    assert ratings_in(tmp_path, "kim") == []
    assert client.save("/pair/1", fields)[0] == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": ""},
        {"verdict": "both"},
        {"verdict": "skipped"},
        {"first-tone": ""},
        {"first-tone": "0"},
        {"second-valid": "6"},
        {"second-valid": "셋"},
        {"second-valid": "2.5"},
    ],
)
def test_a_form_that_is_not_whole_is_given_back(
    client: Client, tmp_path: Path, wrong: Mapping[str, str]
) -> None:
    """A missing or impossible value is said, the others stay, and nothing is saved."""
    status, page, _ = client.save("/pair/1", {**filled("12345", "54321", "first"), **wrong})
    assert status == 422
    assert INCOMPLETE in page
    assert page.count(" checked") == 10
    assert ratings_in(tmp_path, "kim") == []


@pytest.mark.parametrize(
    "path", ["/pair/0", "/pair/7", "/pair/x", "/pair/1/", "/pair/%D9%A3", "/etc", "/../rate.css"]
)
def test_no_page_is_no_page(client: Client, path: str) -> None:
    """Addresses of no pair say so, asked for and posted to."""
    for method in ("GET", "POST"):
        status, text, _ = client.ask(method, path, urlencode({"token": client.token}), FORM)
        assert status == 404
        assert "없는 주소입니다" in text


def test_a_flood_is_refused_unread(client: Client, tmp_path: Path) -> None:
    """A body longer than any form, or of no stated length, is not taken in."""
    long = {**FORM, "Content-Length": str(MOST_BYTES + 1)}
    assert client.ask("POST", "/pair/1", "", long)[0] == 413
    for length in ("", "-1", "1e3", "9" * 5000):
        assert client.ask("POST", "/pair/1", "", {**FORM, "Content-Length": length})[0] == 411
    assert ratings_in(tmp_path, "kim") == []


def test_nothing_is_fetched_from_elsewhere(client: Client) -> None:
    """Every address on a page is of this server, and the browser is told to allow no other."""
    page = client.get("/pair/1")
    found = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert len(found) > 4
    assert all(address.startswith(("/", "#")) for address in found)
    for path in ("/rate.css", "/linked.js", "/rate.js", "/pair/1"):
        _, text, headers = client.ask("GET", path)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert "://" not in text


def test_no_page_names_a_system(client: Client) -> None:
    """Whoever looks into the page's source finds no name either."""
    for number in range(1, PAIRS + 1):
        page = client.get(f"/pair/{number}")
        assert not re.search("tuned|base|미세조정|기반 모델", page)


def test_markup_stays_text(client: Client) -> None:
    """Tags and quotes of essays, questions and answers are shown as they were written."""
    pages = [client.get(f"/pair/{number}") for number in range(1, PAIRS + 1)]
    assert not any(SCRIPT in page for page in pages)
    escaped = "&lt;script&gt;document.title=&#39;깨짐&#39;&lt;/script&gt;"
    assert all(f'<p class="question">{escaped} 동기는?</p>' in page for page in pages)
    # One answer can be read as advice, the other is shown as it came.
    assert sum(f"<p>{escaped} 좋습니다.</p>" in page for page in pages) == 1
    assert sum(f">{escaped} 저는 지원합니다.</pre>" in page for page in pages) == 1
    assert sum(">(내용 없음)</pre>" in page for page in pages) == 1


def test_a_full_disk_loses_no_marks(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rating that cannot be written is said, and the form comes back as it was."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eval.rating.file.os.fsync", full)
    status, page, _ = client.save("/pair/1", filled("12345", "54321", "first"))
    assert status == 500
    assert "저장하지 못했습니다" in page
    assert "No space left on device" in page
    assert page.count(" checked") == 11
    monkeypatch.undo()
    assert (tmp_path / f"runs/{RUN}/eval/ratings/kim.jsonl").read_bytes() == b""


def test_a_kill_loses_and_doubles_nothing(run: Run, tmp_path: Path) -> None:
    """Killed after two ratings and a skip, in the middle of a line, it goes on with the fourth."""
    with rating_page(tmp_path, "--rater", "kim") as (process, address):
        client = Client(address)
        for number in (1, 2):
            client.get(f"/pair/{number}")
            client.save(f"/pair/{number}", filled("12345", "54321", "first"))
        client.save("/pair/3", {"action": "skip"})
        process.send_signal(signal.SIGKILL)
        process.wait()
    path = ratings_dir(run) / "kim.jsonl"
    before = path.read_bytes()
    path.write_bytes(before + b'{"id":"1-')
    with rating_page(tmp_path, "--rater", "kim") as (process, address):
        assert Client(address).next() == "/pair/4"
        process.send_signal(signal.SIGINT)
        said, noted = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "set aside in" in noted
    assert said.strip().startswith("kim: 2 of 6 pairs rated, 1 skipped, 3 left → ")
    assert said.count("\n") == 1
    assert path.read_bytes() == before
    assert path.with_suffix(".cut").read_bytes() == b'{"id":"1-\n'


def test_one_rater_is_one_process_and_two_raters_are_two(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same name is refused while it is at work; another one is not, nor is its file mixed."""
    with rating_page(tmp_path, "--rater", "kim") as (_, address):
        assert main(["--run", RUN, "--rater", "kim", "--systems", *SYSTEMS]) == 1
        assert "this rater's page is open already" in capsys.readouterr().err
        with rating_page(tmp_path, "--rater", "이_영희") as (_, other):
            client = Client(other)
            client.get("/pair/1")
            client.save("/pair/1", filled("11111", "22222", "second"))
        assert Client(address).next() == "/pair/1"
    assert [len(ratings_in(tmp_path, rater)) for rater in ("kim", "이_영희")] == [0, 1]
    assert sorted(path.name for path in ratings_dir(run).iterdir()) == [
        "kim.jsonl",
        "이_영희.jsonl",
    ]


def test_ratings_of_answers_that_changed_come_again(run: Run, tmp_path: Path) -> None:
    """When a system answers anew, its pairs wait again, and the terminal says so."""
    with rating_page(tmp_path, "--rater", "kim") as (_, address):
        client = Client(address)
        client.get("/pair/1")
        client.save("/pair/1", filled("11111", "22222", "second"))
    rated = ratings_in(tmp_path, "kim")[0].id
    path = run.predictions_dir / "tuned.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    changed = [{**line, "output": "새 답"} if line["id"] == rated else line for line in lines]
    path.write_text("".join(json.dumps(line) + "\n" for line in changed), encoding="utf-8")
    with rating_page(tmp_path, "--rater", "kim") as (process, address):
        client = Client(address)
        assert client.next() == "/pair/1"
        assert " checked" not in client.get("/pair/1")
        process.send_signal(signal.SIGINT)
        _, noted = process.communicate(timeout=20)
    assert "ratings of answers that have changed: 1; these pairs come again" in noted


def test_a_port_that_is_taken_is_an_error(
    client: Client, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """A taken port is named, with the cure, and who could not begin is no rater."""
    port = str(urlsplit(client.address).port)
    wanted = ["--run", RUN, "--rater", "lee", "--systems", *SYSTEMS, "--port", port]
    assert main(wanted) == 1
    assert f"port {port} cannot be opened" in capsys.readouterr().err
    assert [path.name for path in ratings_dir(run).iterdir()] == ["kim.jsonl"]


def test_a_page_that_is_only_opened_leaves_no_file(run: Run, tmp_path: Path) -> None:
    """Ended before the first rating, the rater was none; the next page begins as ever."""
    for _ in range(2):
        with rating_page(tmp_path, "--rater", "kim") as (process, address):
            assert Client(address).next() == "/pair/1"
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
        assert process.returncode == 0
        assert list(ratings_dir(run).iterdir()) == []


def test_a_file_that_was_removed_while_it_was_opened_is_not_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ratings into a file without a name would be lost, so another try is asked for."""
    lock = fcntl.flock
    path = ratings_dir(run) / "kim.jsonl"

    def removed(stream: BinaryIO, how: int) -> None:
        path.unlink()
        lock(stream, how)

    monkeypatch.setattr("eval.rating.file.fcntl.flock", removed)
    with pytest.raises(RatingFileError, match="is in use"):
        RatingFile(ratings_dir(run), "kim")


def test_anchored_advice_is_shown_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where passages are marked in the text itself, text and answers are shown as they are."""
    monkeypatch.chdir(tmp_path)
    write_anchored_run(tmp_path)
    with rating_page(tmp_path) as (_, address):
        page = Client(address).get("/pair/1")
    assert "저는 성실합니다.좋은점 1 노력했습니다.아쉬운점 1</p>" in page
    assert ">아쉬운점 1 막연합니다.</pre>" in page
