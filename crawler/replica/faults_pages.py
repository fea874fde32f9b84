"""What faults make of an answer: pages that refuse, and pages that are not as they should be.

Each function takes the answer that the site would give, and the fault's argument if it has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import formatdate
from html import escape
from math import ceil
from typing import Final

from crawler.replica import site
from crawler.replica.server import Reply

LOGIN_PATH: Final = "/login/"
HALF: Final = 0.5
NEW_NAME: Final = "New"  # what a renamed class has behind its old name

# The blocks in whose middle a truncated page ends, and their ends.
BLOCKS: Final = (
    ('<dl class="qnaLists">', "</dl>"),
    ('<ul class="selfLists">', "</ul>"),
    ('<div class="starList">', "</ul>"),
)

ALERT: Final = """\
<script>
var answered;
addEventListener("load", function () { answered = confirm("앱에서 이어서 보시겠습니까?"); });
alert("회원이 되시면 더 많은 합격자소서를 보실 수 있습니다.");
</script>
"""

LOGIN_FORM: Final = f"""\
<form action="{LOGIN_PATH}" method="post"><h3 class="tit">로그인</h3>
<input name="M_ID" placeholder="아이디" type="text"/>
<input name="M_PWD" placeholder="비밀번호" type="password"/>
<button type="submit">로그인</button></form>
"""

LAYER: Final = f"""\
<div class="jkFulldim" style="position:fixed;inset:0;z-index:9000;background:#000"></div>
<div class="toolTipCont fullLy loginLy" style="position:fixed;inset:0;z-index:9001;background:#fff">
{LOGIN_FORM}</div>
"""

CAPTCHA: Final = """\
<div class="captchaWrap"><h2>자동입력을 막기 위해 아래 보안문자를 입력해 주세요.</h2>
<form method="post"><input name="captcha" type="text"/><button type="submit">확인</button></form>
</div>"""

BLOCKED: Final = """\
<div class="errorWrap"><h2>비정상적인 접근이 감지되었습니다.</h2>
<p>잠시 후 다시 이용해 주세요.</p></div>"""

_CLASS = re.compile(r'(?<=\sclass=")[^"]*(?=")')
_ENTRY = re.compile(r'<li><a class="logo".*?</li>\n|<li class="assay">.*?</li>\n', re.DOTALL)


def too_many(reply: Reply, seconds: str) -> Reply:
    """Say that there were too many requests, and for how many seconds to wait."""
    return _refuse(reply, 429, (("Retry-After", seconds),))


def unavailable(reply: Reply, seconds: str, *, now: float) -> Reply:
    """Say that the site is not available; with seconds, until what date (rounded up).

    Args:
        reply: What it would say.
        seconds: How far ahead of `now` the date is; empty: none is given.
        now: The time, in seconds of the epoch.

    """
    if not seconds:
        return _refuse(reply, 503)
    date = formatdate(ceil(now) + int(seconds), usegmt=True)
    return _refuse(reply, 503, (("Retry-After", date),))


def forbidden(reply: Reply, _: str) -> Reply:
    """Forbid the visit."""
    return _refuse(reply, 403)


def slow(reply: Reply, seconds: str) -> Reply:
    """Hold the answer back."""
    return reply._replace(delay=float(seconds))


def hung(reply: Reply, part: str) -> Reply:
    """Give no answer; with `body`, the header and half of the body."""
    if part == "body":
        return reply._replace(sent=HALF, hang="within")
    return reply._replace(hang="before")


def cut(reply: Reply, _: str) -> Reply:
    """Send half of the body that the header promises."""
    return reply._replace(sent=HALF)


def truncated(reply: Reply, _: str) -> Reply:
    """End the page in the middle of its questions or entries; one without any stays as it is."""
    for opening, closing in BLOCKS:
        begin = reply.text.find(opening)
        if begin >= 0:
            begin += len(opening)
            end = reply.text.index(closing, begin)
            return reply._replace(text=reply.text[: (begin + end) // 2])
    return reply


def alert(reply: Reply, _: str) -> Reply:
    """Open an alert at the end of the page, and a confirm when it is loaded."""
    return reply._replace(text=reply.text.replace("</body>", f"{ALERT}</body>"))


def layer(reply: Reply, _: str) -> Reply:
    """Cover the page with a log-in layer that leaves its source as it is."""
    return reply._replace(text=reply.text.replace("<body>", f"<body>{LAYER}", 1))


def login(reply: Reply, how: str) -> Reply:
    """Ask to log in, in the page's place; with `redirect`, at an address of its own."""
    if how == "redirect":
        return reply._replace(status=302, text="", headers=(("Location", LOGIN_PATH),))
    return _instead(reply, login_page())


def login_page() -> str:
    """Write the page that asks to log in."""
    return site.outer_page(
        "로그인", f'<div class="loginWrap">{LOGIN_FORM}</div>', first_visit=False
    )


def captcha(reply: Reply, _: str) -> Reply:
    """Ask to prove that a person is at work."""
    return _instead(reply, site.outer_page("합격자소서", CAPTCHA, first_visit=False))


def blocked(reply: Reply, _: str) -> Reply:
    """Say, with status 200, that the visit is unwelcome."""
    return _instead(reply, site.outer_page("합격자소서", BLOCKED, first_visit=False))


def gone(reply: Reply, _: str) -> Reply:
    """Say that there is no such essay."""
    return _instead(reply, site.missing_page())


def renamed(reply: Reply, name: str) -> Reply:
    """Give a class another name wherever it stands."""

    def rename(classes: re.Match[str]) -> str:
        names = classes.group().split(" ")
        return " ".join(word + NEW_NAME if word == name else word for word in names)

    return reply._replace(text=_CLASS.sub(rename, reply.text))


def duplicates(reply: Reply, before: Reply | None) -> Reply:
    """List the first entry a second time at the end, and the last one of the page before on top."""
    entries = list(_ENTRY.finditer(reply.text))
    if not entries:
        return reply
    first, last = entries[0], entries[-1]
    earlier = _ENTRY.findall(before.text)[-1:] if before else []
    text = reply.text[: first.start()] + "".join(earlier)
    text += reply.text[first.start() : last.end()] + first.group()
    return reply._replace(text=text + reply.text[last.end() :])


def _refuse(reply: Reply, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    page = site.outer_page(str(status), f"<p>{escape(str(status))}</p>", first_visit=False)
    return _instead(reply, page)._replace(status=status, headers=headers)


def _instead(reply: Reply, page: str) -> Reply:
    """Put a page in the answer's place, also where that was no page."""
    return reply._replace(status=200, text=page, kind="text/html")


#: The faults that need nothing but the answer and their argument.
EFFECTS: Final[Mapping[str, Callable[[Reply, str], Reply]]] = {
    "too-many": too_many,
    "forbidden": forbidden,
    "slow": slow,
    "hung": hung,
    "cut": cut,
    "truncated": truncated,
    "alert": alert,
    "layer": layer,
    "login": login,
    "captcha": captcha,
    "blocked": blocked,
    "gone": gone,
    "renamed": renamed,
}
