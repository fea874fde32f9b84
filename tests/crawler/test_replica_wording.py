"""What the invented essays are made of: particles, choices of words, points, content files."""

from __future__ import annotations

import itertools
import random

import msgspec
import pytest

from crawler.replica import library as content
from crawler.replica.korean import particle
from crawler.replica.points import BAD, GOOD, PARTS, choose_points
from crawler.replica.wording import fill


@pytest.mark.parametrize(
    ("word", "form", "expected"),
    [
        ("끈기", "은", "는"),
        ("책임감", "를", "을"),
        ("㈜온빛누리소프트", "이", "가"),
        ("도래울식품(주)", "는", "은"),
        ("서울", "으로", "로"),
        ("책상", "로", "으로"),
        ("SQL", "으로", "로"),
        ("API", "을", "를"),
        ("120", "와", "과"),
        ("31%", "이", "가"),
        ("'피할 수 없으면 즐기라'", "이라는", "라는"),
    ],
)
def test_particles_fit_the_word(word: str, form: str, expected: str) -> None:
    """A particle follows the last spoken sound, of brackets, digits and Latin letters too."""
    assert particle(word, form) == expected


def test_a_choice_corrects_its_particle() -> None:
    """A particle straight after a choice or a slot is made to fit what was chosen."""
    rng = random.Random(0)  # noqa: S311 - not cryptography
    texts = {fill("[순서|방식]는 {name}를 '{name}'라는 것", {"name": "힘"}, rng) for _ in range(20)}
    assert texts == {"순서는 힘을 '힘'이라는 것", "방식은 힘을 '힘'이라는 것"}


def test_chosen_points_never_share_a_part() -> None:
    """Points of one answer take different parts of it, for every kind and level."""
    rng = random.Random(0)  # noqa: S311 - not cryptography
    for kind, level in itertools.product(BAD.keys() | GOOD.keys(), range(3)):
        for _ in range(40):
            points = choose_points(kind, level, rng)
            assert 1 <= len(points) <= 3
            assert all(not PARTS[a] & PARTS[b] for a, b in itertools.combinations(points, 2))


def test_bad_content_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An episode with an unknown slot, or a sentence that cannot be chained, is reported."""
    episode = content.load().life[0]
    broken = msgspec.structs.replace(episode, figures="{nothing}개", problem="모릅니다.")
    problems = list(content._episode_problems(broken))
    assert len(problems) == 1 + len(broken.rows)
    assert "nothing" in problems[0]
    assert "모릅니다." in problems[-1]
    folder = tmp_path_factory.mktemp("content")
    (folder / "neutral.toml").write_text("unknown = 1\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "CONTENT", folder)
        with pytest.raises(content.ContentError, match=r"neutral\.toml"):
            content._read("neutral.toml", content.Neutral)
