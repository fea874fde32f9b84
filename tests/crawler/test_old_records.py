"""Files that an earlier or a later version of the project wrote: read, or one clear error."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from crawler.items import Essay, RecordError, read_jsonl
from tests.crawler.invented import make_essay

#: A line as the first version wrote it, invented; it stays as it is when records change.
FIRST = (
    '{"id":"50001","url":"http://127.0.0.1:8000/starter/PassAssay/View/50001","source":"view",'
    '"crawled_at":"2026-11-20T03:00:00Z","company":"(주)온샘물산","company_types":["대기업"],'
    '"position":"해외영업","year":2021,"half":"상반기","career":"신입","specs":["서울4년"],'
    '"views":1462,"grade":3.5,"overall_advice":"순서가 아쉽습니다.","questions":[{"number":1,'
    '"question":"지원 동기","answer":"바다를 봅니다. 그래서 지원합니다.","site_chars":20,'
    '"site_bytes":36,"passages":[{"polarity":"bad","number":1,"start":9,"end":19}],'
    '"advice":[{"polarity":"bad","number":1,"text":"까닭이 없습니다."}]}]}\n'
)


def read(path: Path, line: str) -> list[Essay]:
    """Read a file whose second line is given, the first being one of today's."""
    path.write_bytes(msgspec.json.encode(make_essay()) + b"\n" + line.encode())
    return list(read_jsonl(path, Essay, cure="make crawl"))


def test_the_first_version_is_read(tmp_path: Path) -> None:
    """No field was renamed or added since, so an old file needs no step of its own."""
    essay = read(tmp_path / "essays.jsonl", FIRST)[1]
    assert json.loads(msgspec.json.encode(essay)) == json.loads(FIRST)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"views": ...}, "Object missing required field `views`"),
        ({"questions": [{"number": 1}]}, "missing required field `question` - at `$.questions[0]`"),
        ({"region": "서울"}, "Object contains unknown field `region`"),
        ({"grade": "3.5"}, "Expected `float | null`, got `str` - at `$.grade`"),
        ({"source": "saved"}, "Invalid enum value 'saved' - at `$.source`"),
    ],
)
def test_another_version_is_one_error(
    tmp_path: Path, changes: dict[str, object], expected: str
) -> None:
    """File, line and field are named, and the command that makes the file; `...` takes one away."""
    record = {k: v for k, v in (json.loads(FIRST) | changes).items() if v is not ...}
    path = tmp_path / "essays.jsonl"
    with pytest.raises(RecordError) as caught:
        read(path, json.dumps(record, ensure_ascii=False) + "\n")
    message = str(caught.value)
    assert message.startswith(f"{path}, line 2: ")
    assert expected in message
    assert message.endswith("make crawl")
