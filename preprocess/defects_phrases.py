"""Places in an answer where whole sentences can be damaged.

Sentences are run together, said again, put into another style of speech, or framed by worn phrases
and flattery.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from preprocess.defects_content import phrases, syllables
from preprocess.defects_sentences import Sentence
from preprocess.edits import Edit

#: Sentences shorter or longer than this (code points) are not said again.
SHORTEST_AGAIN, LONGEST_AGAIN = 14, 70
#: Of a sentence in clauses only the last one is said again, if it is this long before its verb.
SHORTEST_CLAUSE = 8
#: Two sentences are run together only if they are this long together: the result is too long.
LEAST_RUN_ON = 60
#: Sentences that hold such, or whose last word follows or is such, are not said again.
QUOTED = re.compile(r"[\"'“”‘’`()?!]|때문")
UNREPEATED = ("야 ", "곤 ")
#: Where a clause ends before the last one; how a sentence begins that was cut behind a quotation.
CLAUSE = re.compile(r"(?<=[고며만데서자면나]), ")
AMID = re.compile(r"라[는고]|이라|하[며고는]|[을를은는가와과로도] |고 ")
#: An enumeration, which starts a sentence of its own.
NUMBERED = re.compile(r"\d+[.)]|[①-⑳]")
#: Endings in 어요 of these stems are written otherwise than they are joined.
NOT_IN_YO = frozenset({"바라", "드리"})


def run_on(answer: str, sentences: Sequence[Sentence], rng: random.Random) -> Iterator[Edit]:
    """Yield edits that join a sentence to the next one: `줄였습니다. 저는` to `줄였고 저는`."""
    for one, following in pairwise(sentences):
        apart = answer[one.end : following.start] != " "
        if apart or following.text.startswith(phrases().breaks) or NUMBERED.match(following.text):
            continue
        if len(one.text) + len(following.text) < LEAST_RUN_ON:
            continue
        ending = rng.choice(("고", "며"))
        word = one.with_ending((ending, "EC"))
        yield _tail(one, word + rng.choice((" ", ", ")), "run_on", upto=following.start)


def _tail(one: Sentence, word: str, kind: str, *, upto: int | None = None) -> Edit:
    """Replace the end of a sentence from its last word on, less what both words begin with."""
    old = one.last_word
    same = next(
        (i for i, (a, b) in enumerate(zip(old, word, strict=False)) if a != b),
        min(len(old), len(word)),
    )
    return Edit(one.word + same, upto or one.end, word[same:], kind)


def register(answer: str, sentences: Sequence[Sentence], rng: random.Random) -> Iterator[Edit]:
    """Yield edits that put a sentence into another style of speech: `했습니다` to `했어요`, `했다`.

    In a plain answer (`했다`) the slips are polite. An answer that mixes styles has none.
    """
    del answer
    styles = {sentence.style for sentence in sentences}
    if len(styles) != 1:
        return
    slip = "polite" if styles == {"plain"} else rng.choice(("plain", "yo"))
    for one in sentences:
        word = _in_style(one, slip)
        if word is not None:
            yield _tail(one, f"{word}.", "register")


def _in_style(one: Sentence, style: str) -> str | None:
    # Kiwi itself takes ㅂ니다 for 습니다 and ㄴ다 for 는다 behind a vowel.
    if style == "polite":
        return one.with_ending(("습니다", "EF"))
    if style == "plain":
        ending = "다" if one.past or one.descriptive else "는다"
        return one.with_ending((ending, "EF"))
    if one.stem[-1][0] in NOT_IN_YO:
        return None
    if one.copula:
        return _copula_in_yo(one.with_ending(without=1))
    return one.with_ending(("에요" if one.stem[-1][0] == "아니" else "어요", "EF"))


def _copula_in_yo(noun: str) -> str | None:
    """Add 이에요 behind a consonant, 예요 behind a vowel; other scripts are left alone."""
    if not "가" <= noun[-1:] <= "힣":
        return None
    return noun + ("예요" if noun[-1] in syllables(" ") else "이에요")


def repetition(answer: str, sentences: Sequence[Sentence], rng: random.Random) -> Iterator[Edit]:
    """Yield edits that say a sentence again behind it, in other words: `다시 말해, …`."""
    del answer
    for one in sentences:
        if SHORTEST_AGAIN <= len(one.text) <= LONGEST_AGAIN and one.style == "polite":
            again = _said_again(one)
            if again is not None:
                yield Edit(one.end, one.end, f" {rng.choice(phrases().again)}{again}", "repetition")


def _said_again(one: Sentence) -> str | None:
    """Return a sentence in other words, or nothing where that reads badly."""
    if QUOTED.search(one.text) or one.head.endswith(UNREPEATED) or "것" in one.last_word:
        return None
    leads = sorted(phrases().leads, key=len, reverse=True)
    lead = next((w for w in leads if one.head.startswith((f"{w} ", f"{w}, "))), "")
    head = one.head[len(lead) :].lstrip(" ,")
    last = CLAUSE.split(head)[-1]
    head = last if len(last) >= SHORTEST_CLAUSE else head
    if not head or AMID.match(head):
        return None
    head = _in_other_words(head)
    if one.will:
        return f"{head}{one.with_ending(('다는', 'ETM'))} 뜻입니다."
    if not one.past:
        word = one.with_ending(one.adnominal)
    elif one.descriptive:
        word = one.with_ending(("던", "ETM"))
    else:
        word = one.with_ending(("ᆫ", "ETM"), without=1)
    return f"{head}{word} 것입니다."


def _in_other_words(text: str) -> str:
    """Exchange words for others: nouns alone or before a particle, adverbs alone."""
    for words, behind in (
        (phrases().other_nouns, r"(?=[ ,]|[을를이가은는에의과와도](?![가-힣]))"),
        (phrases().other_adverbs, r"(?=[ ,])"),
    ):
        for word, other in words:
            text = re.sub(rf"(?<![가-힣]){re.escape(word)}{behind}", other, text)
    return text


def cliche(answer: str, sentences: Sequence[Sentence], rng: random.Random) -> Iterator[Edit]:
    """Yield edits that put a worn phrase first or last in a polite answer."""
    polite = _polite(sentences)
    first = next((one for one in polite if _leads(answer, one)), None)
    if first is not None and first.start <= polite[0].start:
        yield Edit(first.start, first.start, f"{_new(phrases().openings, answer, rng)} ", "cliche")
    if polite and polite[-1].end == len(answer):
        end = len(answer)
        yield Edit(end, end, f" {_new(phrases().closings, answer, rng)}", "cliche")


def praise(answer: str, sentences: Sequence[Sentence], rng: random.Random) -> Iterator[Edit]:
    """Yield edits that flatter the firm before a sentence that speaks of it."""
    for one in _polite(sentences):
        if any(word in one.text for word in phrases().firm):
            said = _new(phrases().praise, answer, rng)
            yield Edit(one.start, one.start, f"{said} ", "praise")


def _polite(sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    """Return the sentences of a polite answer; of any other, none."""
    return sentences if all(one.style == "polite" for one in sentences) else ()


def _leads(answer: str, one: Sentence) -> bool:
    """Whether a sentence stands first in its line and is no headline."""
    return one.start == one.line_start and answer[one.start] not in "\"'“‘<[(【「『*-·▶■"


def _new(sentences: Sequence[str], answer: str, rng: random.Random) -> str:
    """Choose a sentence that the answer does not hold already."""
    return rng.choice([one for one in sentences if one not in answer] or list(sentences))
