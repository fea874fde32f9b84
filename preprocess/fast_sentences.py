"""Sentences of a Korean text by rules: one pass of one regular expression, without a model.

Made to agree with Kiwi's splitter on cover letters in a fraction of its time;
`python -m preprocess.measure_sentences` says how well it does. Where Kiwi errs it is not followed:
an opening quotation mark, a dash or a circled number belongs to what stands behind it, and a
sentence goes on behind a number with a full stop ("1-1. 언제") and behind what it quotes
("왜? 라고 물었습니다").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Span(NamedTuple):
    """A stretch of a text, in code points; `end` is exclusive."""

    start: int
    end: int


def _closed_by(final: int) -> str:
    """Return all syllables with a final consonant, told by its place in Unicode's order."""
    first, finals, count = ord("가"), 28, 11_172
    return "".join(map(chr, range(first + final, first + count, finals)))


_B: Final = _closed_by(17)  # 합니다, 입니까
_SS: Final = _closed_by(20)  # 했다, 있다
_OPENING: Final = "\"“＂'‘`´(（\\[<≪《「『【"
_CLOSING: Final = "\"”＂'’`´)）\\]>≫》」』】"
_CHEER: Final = "~^;ㅎㅋㅠㅜ♡♪"
_LINK: Final = "(?:그리고|그러나|하지만|그래서|또한|따라서|그런데|그러므로|그러니)"
#: A sentence goes on with these behind what was said, whatever mark it ends with.
_SAYING: Final = r"(?:이?라(?:고|는|며|던|면|지만)|하(?:고|는|며|면서)[ ]|[,)\]>])"
#: The same behind a question, a cry or a closing quotation mark, where particles stand alone too.
_GOING_ON: Final = (
    rf"(?:{_SAYING}|이란[ ]|하(?:던|여|게)[ ]|했|이?였|이었|입니|이[다며고][ ,]|처럼|대로|및[ ]|"
    r"등[ ,의을]|(?:[은는을를와과의도만에로고며란]|이나|으로|에서|부터|까지|이라)[ ,])"
)

#: What stands in quotation marks on one line; an apostrophe between Latin letters is none.
_QUOTED: Final = r"""
    (?<![\w.?!…])
    (?: ["“＂](?=\S) [^\n"“”＂]++ (?<=\S)["“”＂]
      | ['‘`´](?=\S) (?:[^\n'‘’`´]|(?<=[A-Za-z])['’](?=[A-Za-z]))+ (?<=\S)['’`´](?![A-Za-z])
    )"""
_BRACKETED: Final = r"""
    \([^()\n]{1,200}+\) | （[^（）\n]{1,200}+） | \[[^\[\]\n]{1,200}+\] | <[^<>\n]{1,200}+>
    | ≪[^≪≫\n]{1,200}+≫ | 《[^《》\n]{1,200}+》 | 「[^「」\n]{1,200}+」 | 『[^『』\n]{1,200}+』
    | 【[^【】\n]{1,200}+】"""
#: A full stop ends nothing behind a digit (dates, decimals, "1.") or a Latin letter ("Ph.D."); a
#: question mark between spaces is mostly a dash that the site's encoding lost.
_STOPPED: Final = rf"""
    (?: (?<![\dA-Za-z\s])[.。．] | (?<=[다요죠까][ ])[.。．]
      | (?:(?<!\s)|(?<=[까가요나지][ ]))[?？] | [!！]
      | (?<=[다요죠까])…
    )
    [.?!…。．！？,{_CHEER}]*+ [{_CLOSING}]*+
    (?:[ ]?[ㅎㅋㅠㅜ^]{{2,}}+)?
    (?:[ ]?[(（][^()（）\n.]{{2,20}}[)）])?
    (?: \Z | (?<=[?!！？])\s++(?!{_GOING_ON}) | (?<![?!！？])\s++(?!{_SAYING}) )"""
#: The space behind a full stop was forgotten: "했습니다.그래서".
_GLUED: Final = rf"(?<=[다요죠까])[.?!。．！？]++(?=[가-힣0-9])(?!{_GOING_ON}|[라고는란])"
#: English sentences: "… in time. We …"; not "Prof. Kim", "etc. PCB".
_ENGLISH: Final = r"(?:(?<=[a-z]{4})|(?<=[ ][a-z]{3})(?<![ ]etc))[.][ ]++(?=[A-Z])"
#: Endings that need no full stop.
_UNSTOPPED: Final = rf"""
    [다요죠까]
    (?: (?: (?<=[{_B}]니[다까]) | (?<=[아어해에예세네지군까래워줘려돼봐]요) | (?<=[가-힣]죠) )
        [{_CHEER}]*+ (?:[ ][ㅎㅋㅠㅜ^]{{2,}}+)? [^\S\n]++ (?=[\w{_OPENING}]) (?!{_GOING_ON})
      | (?<=[{_SS}한된인는이간온]다)[ ]++(?={_LINK})
    )"""
_EVENT: Final = re.compile(
    rf"""(?=[\n.?!…。．！？{_OPENING}다요죠까])  # a cheap look first
    (?: (?P<line>\n\s*+) | (?P<quoted>{_QUOTED}) | (?P<bracketed>{_BRACKETED})
      | (?P<stopped>{_STOPPED} | {_GLUED} | {_ENGLISH}) | (?P<unstopped>{_UNSTOPPED}) )""",
    re.VERBOSE,
)
#: The end of a quoted stretch that is a sentence by itself.
_SAID_AT_MOST: Final = 6
_SAID: Final = re.compile(rf"(?:[.?!…！？]|[다요죠]|니까)\s?[{_CLOSING}“]+\Z")
_JOINED: Final = re.compile(rf"(?!\s)|\s++{_GOING_ON}")
#: Between the sentences of a speech.
_BETWEEN: Final = re.compile(r"(?<=[다요죠까]\.)\s+")


def split_fast(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text in order, trimmed of white space.

    A line break ends a sentence. Every character that is not white space is in one of them.
    """
    spans: list[Span] = []
    start = 0
    for end in (*_cuts(text), len(text)):
        piece = text[start:end].rstrip()
        sentence = piece.lstrip()
        if sentence:
            spans.append(Span(start + len(piece) - len(sentence), start + len(piece)))
        start = end
    return tuple(spans)


def _cuts(text: str) -> Iterator[int]:
    """Yield where a next sentence may start."""
    start = 0
    for match in _EVENT.finditer(text):
        end = match.end()
        if match.lastgroup in ("quoted", "bracketed"):
            opens = not text[start : match.start()].strip()
            if not _closes(text, match, opens=opens):
                continue
            yield from (found.end() for found in _BETWEEN.finditer(text, match.start(), end))
        yield end
        start = end


def _closes(text: str, match: re.Match[str], *, opens: bool) -> bool:
    """Tell whether a sentence ends with a quoted or bracketed stretch.

    It does when the stretch `opens` its sentence and is itself a sentence, or a headline: in square
    or pointed brackets, or several words in double quotation marks at the start of a line.
    """
    if not opens or _JOINED.match(text, match.end()):
        return False
    words = match[0]
    if words[0] in "[【<≪《" or _SAID.search(words, max(0, len(words) - _SAID_AT_MOST)):
        return True
    line = text.rfind("\n", 0, match.start()) + 1
    return words[0] in '"“＂' and " " in words and not text[line : match.start()].strip()
