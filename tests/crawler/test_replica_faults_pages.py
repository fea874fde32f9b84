"""What each fault of the replica makes of an answer, as a client sees it."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import msgspec
import pytest

from crawler.pages import TruncatedPageError
from crawler.replica.faults_spec import CLASSES
from crawler.replica.server import ReplicaSite
from tests.crawler.faulty import COOKIE, LIST, NOW, ask, faulty, listed, page, plain, view
from tests.crawler.invented import make_essays


def classes(text: str) -> set[str]:
    """Return the classes that a page uses."""
    return {name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()}


def test_too_many_requests() -> None:
    """429, with the seconds to wait."""
    with faulty("too-many:3") as (site, _):
        answer = ask(site, view(50_000))
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    with faulty("too-many@lists") as (site, _):
        answer = ask(site, LIST)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")


def test_unavailable() -> None:
    """503, without a word on when to come again."""
    with faulty("unavailable") as (site, _):
        answer = ask(site, view(50_000))
    assert answer.status == 503
    assert "Retry-After" not in answer.headers


def test_unavailable_until_a_date() -> None:
    """503, with a date that is not before the seconds asked for have passed."""
    with faulty("unavailable:30@robots") as (site, _):
        answer = ask(site, "/robots.txt")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "Tue, 14 Nov 2023 22:13:51 GMT"
    assert parsedate_to_datetime(answer.headers["Retry-After"]).timestamp() >= NOW + 30


def test_forbidden() -> None:
    """403."""
    with faulty("forbidden@robots") as (site, _):
        assert ask(site, "/robots.txt").status == 403
        assert ask(site, view(50_000)).status == 200


def test_truncated_essay() -> None:
    """A whole answer whose HTML ends within the questions."""
    with faulty("truncated") as (site, _):
        answer = ask(site, view(50_000))
    assert answer.status == 200
    assert answer.headers["Content-Length"] == str(len(answer.text.encode()))
    assert plain(view(50_000)).startswith(answer.text)
    assert '<dl class="qnaLists">\n<dt' in answer.text
    assert "</dl>" not in answer.text.partition('<dl class="qnaLists">')[2]


@pytest.mark.parametrize("target", [page(1), "/company/1000001/PassAssay?Page=1"])
def test_truncated_list(target: str) -> None:
    """A list page that ends within its entries."""
    with faulty("truncated@lists", 8) as (site, _):
        answer = ask(site, target)
    whole = plain(target, 8)
    assert whole.startswith(answer.text)
    assert 0 < answer.text.count("/View/") < whole.count("/View/")
    with pytest.raises(TruncatedPageError):
        listed(answer.text)
    assert len(listed(whole)) == 8


def test_truncated_page_without_questions() -> None:
    """A page with nothing to end within stays whole."""
    with faulty("truncated") as (site, _):
        assert ask(site, view(11_111)).text == plain(view(11_111))


def test_alert() -> None:
    """The page opens an alert and a confirm, and is otherwise as it was."""
    with faulty("alert") as (site, _):
        text = ask(site, view(50_000)).text
    assert "alert(" in text
    assert "confirm(" in text
    assert re.sub(r"<script>\nvar answered.*?</script>\n", "", text, flags=re.DOTALL) == plain(
        view(50_000)
    )


def test_layer() -> None:
    """A layer with a password field stands before a page that is as it was."""
    with faulty("layer") as (site, _):
        text = ask(site, view(50_000)).text
    before, layer, _ = re.split(
        r'(<div class="jkFulldim".*</form>\n</div>\n)', text, flags=re.DOTALL
    )
    assert before.endswith("<body>")
    assert 'type="password"' in layer
    assert text.replace(layer, "") == plain(view(50_000))


def test_login() -> None:
    """A form that asks for a password comes in the page's place, with status 200."""
    with faulty("login") as (site, _):
        answer = ask(site, view(50_000))
    assert answer.status == 200
    assert 'type="password"' in answer.text
    assert "qnaLists" not in answer.text


def test_login_at_another_address() -> None:
    """302 to the log-in page, which is there."""
    with faulty("login:redirect@lists") as (site, _):
        answer = ask(site, LIST)
        assert (answer.status, answer.headers["Location"], answer.text) == (302, "/login/", "")
        there = ask(site, answer.headers["Location"])
    assert there.status == 200
    assert 'type="password"' in there.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("captcha", "보안문자"),
        ("blocked", "비정상적인 접근"),
        ("gone", "선택하신 합격자소서 정보가 없습니다"),
    ],
)
def test_page_instead(name: str, words: str) -> None:
    """Another page with status 200 comes in the place of an essay that the list has."""
    with faulty(name) as (site, _):
        assert listed(ask(site, LIST).text) == [51_954, 50_977, 50_000]
        answer = ask(site, view(50_000))
    assert answer.status == 200
    assert words in answer.text
    assert words not in plain(view(50_000))
    assert "qnaLists" not in answer.text


def test_refusal_in_place_of_robots() -> None:
    """A page comes as a page also where a plain text was asked for."""
    with faulty("blocked@robots") as (site, _):
        answer = ask(site, "/robots.txt")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "비정상적인 접근" in answer.text


@pytest.mark.parametrize("name", ["adviceTotal", "qnaLists", "specLists", "txSpllChk", "advice"])
def test_renamed_class(name: str) -> None:
    """A class, and no other that begins so, has a new name; nothing else is changed."""
    with faulty(f"renamed:{name}") as (site, _):
        text = ask(site, view(50_977)).text
    was = classes(plain(view(50_977)))
    assert classes(text) == was - {name} | {f"{name}New"}
    assert name in was
    assert re.sub(rf"\b{name}New\b", name, text) == plain(view(50_977))


def test_renamed_classes_of_a_list() -> None:
    """Several classes can be renamed at once, on list pages too."""
    with faulty("renamed:selfLists@lists,renamed:grade@lists") as (site, _):
        found = classes(ask(site, LIST).text)
        assert ask(site, view(50_000)).text == plain(view(50_000))
    assert {"selfListsNew", "gradeNew"} <= found
    assert not {"selfLists", "grade"} & found


def test_every_class_that_can_be_renamed_is_there() -> None:
    """Each name that a specification may give stands in a page of its place."""
    company = "/company/1000001/PassAssay"
    assert set(CLASSES) == {"essays", "lists"}
    assert set(CLASSES["essays"]) <= classes(_praised_page()) | classes(
        plain(f"{company}/View/50000")
    )
    assert set(CLASSES["lists"]) <= classes(plain(LIST)) | classes(plain(company))


def _praised_page() -> str:
    """Return the page of an essay with praise, which the invented ones lack."""
    essay = make_essays(1)[0]
    question = essay.questions[0]
    passage = msgspec.structs.replace(question.passages[0], polarity="good")
    question = msgspec.structs.replace(question, passages=(passage,))
    essay = msgspec.structs.replace(essay, questions=(question, essay.questions[1]))
    return ReplicaSite([essay]).reply(view(50_000), COOKIE).text


def test_duplicates() -> None:
    """An entry stands twice on a page, and one on two pages; none is lost."""
    with faulty("duplicates", 45) as (site, _):
        found = [listed(ask(site, page(n)).text, page(n)) for n in range(1, 5)]
    numbers = [50_000 + 977 * i for i in reversed(range(45))]
    assert found[0] == [*numbers[:20], numbers[0]]
    assert found[1] == [numbers[19], *numbers[20:40], numbers[20]]
    assert found[2] == [numbers[39], *numbers[40:], numbers[40]]
    assert found[3] == []


def test_duplicates_of_a_company() -> None:
    """A company's list repeats its entries too."""
    with faulty("duplicates", 25) as (site, _):
        found = [listed(ask(site, f"/company/1000001/PassAssay?Page={n}").text) for n in (1, 2)]
    numbers = [50_000 + 977 * i for i in reversed(range(25))]
    assert found[0] == [*numbers[:20], numbers[0]]
    assert found[1] == [numbers[19], *numbers[20:], numbers[20]]
