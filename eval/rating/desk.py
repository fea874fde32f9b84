"""One rater at work: which pair is shown, what a form says, and where it goes on.

Knows pages, forms and records, and nothing of HTTP but its status codes (`eval.rating.server`).
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec

from eval.pages.html import TEMPLATES
from eval.rating.file import RatingFile, RatingFileError
from eval.rating.page import SIDES, Place, done_page, fields_of, message_page, pair_page
from eval.rating.pairs import Pair
from eval.rating.records import CRITERIA, Rating
from eval.runs import Run

PAIR_PATH = re.compile(r"/pair/([1-9][0-9]{0,5})")
FILES = {
    "/rate.css": "text/css",
    "/linked.js": "text/javascript",
    "/rate.js": "text/javascript",
}

INCOMPLETE = "아직 고르지 않은 항목이 있습니다. 열 항목의 점수와 마지막 물음에 모두 답해 주세요."
RESTARTED = "서버가 다시 시작되어 저장하지 않았습니다. 고른 값은 그대로이니 다시 저장해 주세요."


@dataclass(frozen=True)
class Reply:
    """What is sent back: a page or file, or with `location` another place to go."""

    status: HTTPStatus
    body: str = ""
    kind: str = "text/html"
    location: str | None = None


@dataclass
class Desk:
    """One rater at work on a run: the pairs in order, and the file that ratings go to."""

    run: Run
    rater: str
    pairs: tuple[Pair, ...]
    file: RatingFile
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def task(self) -> str:
        """Whose answers are compared."""
        return self.pairs[0].item.task

    def rating_of(self, pair: Pair) -> Rating | None:
        """Give the rating in force; one of other answers than the run has now is none."""
        known = self.file.ratings.get(pair.key)
        return known if known and known.answers_sha256 == pair.answers_sha256 else None

    def open_numbers(self) -> list[int]:
        """List the numbers of the pairs that are neither rated nor skipped, from 1."""
        return [k for k, pair in enumerate(self.pairs, start=1) if self.rating_of(pair) is None]

    def skipped_numbers(self) -> tuple[int, ...]:
        """List the numbers of the pairs that were skipped."""
        ratings = map(self.rating_of, self.pairs)
        return tuple(k for k, r in enumerate(ratings, start=1) if r and r.verdict == "skipped")

    def place(self, number: int) -> Place:
        """Say where the rater is at the pair of a number."""
        total = len(self.pairs)
        return Place(number, total, total - len(self.open_numbers()), self.rater)

    def get(self, path: str) -> Reply:
        """Answer a request for a page or a file."""
        if path == "/":
            waiting = self.open_numbers()
            return see_other(f"/pair/{waiting[0]}" if waiting else "/done")
        if path == "/done":
            return self.done()
        if path in FILES:
            text = (TEMPLATES / path.removeprefix("/")).read_text(encoding="utf-8")
            return Reply(HTTPStatus.OK, text, FILES[path])
        number = self.number_of(path)
        if number is None:
            return self.not_found()
        known = self.rating_of(self.pairs[number - 1])
        return self.pair(number, fields_of(known) if known else {})

    def post(self, path: str, fields: Mapping[str, str]) -> Reply:
        """Save what a form brought, and go on to the next pair that waits."""
        number = self.number_of(path)
        if number is None:
            return self.not_found()
        if not hmac.compare_digest(fields.get("token", "").encode(), self.token.encode()):
            return self.pair(number, fields, RESTARTED, HTTPStatus.FORBIDDEN)
        try:
            rating = self.rating(self.pairs[number - 1], fields)
        except msgspec.ValidationError:
            return self.pair(number, fields, INCOMPLETE, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            with self.lock:
                self.file.append(rating)
        except RatingFileError as error:
            problem = f"저장하지 못했습니다: {error}"
            return self.pair(number, fields, problem, HTTPStatus.INTERNAL_SERVER_ERROR)
        return see_other("/")

    def rating(self, pair: Pair, fields: Mapping[str, str]) -> Rating:
        """Make a record of a form's fields.

        Raises:
            ValidationError: A mark or the preference is missing, or is none that the form offers.

        """
        skipped = fields.get("action") == "skip"
        record = {
            "id": pair.item.row.id,
            "source_id": pair.item.row.source_id,
            "task": pair.item.task,
            "rater": self.rater,
            "first": pair.systems[0],
            "second": pair.systems[1],
            "answers_sha256": pair.answers_sha256,
            "verdict": "skipped" if skipped else fields.get("verdict"),
            "marks": None if skipped else [marks_of(fields, side) for side, _ in SIDES],
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        # A form knows text alone: `strict=False` reads "3" as 3.
        return msgspec.convert(record, Rating, strict=False)

    def pair(
        self,
        number: int,
        fields: Mapping[str, str],
        problem: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Reply:
        """Show the pair of a number, with a form's values and what is wrong with them."""
        page = pair_page(self.pairs[number - 1], self.place(number), fields, self.token, problem)
        return Reply(status, page)

    def done(self) -> Reply:
        """Show the page behind the last pair, or go to what still waits."""
        if self.open_numbers():
            return see_other("/")
        place = self.place(len(self.pairs))
        command = f"python -m eval.ratings {self.run.options}"
        return Reply(HTTPStatus.OK, done_page(self.task, place, self.skipped_numbers(), command))

    def not_found(self) -> Reply:
        """Say that there is no such page."""
        page = message_page(self.task, "없는 주소입니다", "이 주소에는 평가할 쌍이 없습니다.")
        return Reply(HTTPStatus.NOT_FOUND, page)

    def number_of(self, path: str) -> int | None:
        """Read the number of a pair from `/pair/<number>`, if it is one of ours."""
        match = PAIR_PATH.fullmatch(path)
        return int(match[1]) if match and int(match[1]) <= len(self.pairs) else None


def marks_of(fields: Mapping[str, str], side: str) -> dict[str, str]:
    """Take one side's marks out of a form; missing ones are left out, and refused as such."""
    names = {name: f"{side}-{name}" for name in CRITERIA}
    return {name: fields[key] for name, key in names.items() if key in fields}


def see_other(location: str) -> Reply:
    """Send to another page; after a post, so that loading it again posts nothing twice."""
    return Reply(HTTPStatus.SEE_OTHER, location=location)
