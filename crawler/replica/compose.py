"""One answer: sentences of an episode and of a kind of question, with the points they show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crawler.replica.scene import GLUED, JOINT, PARAGRAPH, Draft, Mark, Scene
from crawler.replica.wording import fill

# A run-on sentence is chained by these, in place of 습니다.
CHAIN: Final = ("고 ", "는데 ", "으며 ", "고 ")
WHOLE_STORY: Final = frozenset({"off_question", "half_answer", "unrelated"})
SHORTEST = 205


def write_answer(scene: Scene) -> Draft:
    """Write an answer of the scene's kind that shows the scene's points and no other weakness."""
    draft = Draft()
    if scene.chance(0.16):
        draft.add(scene.line(scene.library.neutral.headlines))
    writer = {"motive": _motive, "plan": _plan, "personality": _personality}.get(scene.kind, _tale)
    writer(scene, draft)
    if len(draft.texts) > 1 and draft.texts[0][0] in '"[<':
        draft.joints[1] = PARAGRAPH if any(mark.first == 1 for mark in draft.marks) else "\n"
    _pad(scene, draft)
    _end(scene, draft)
    _glue(scene, draft)
    return draft


def _motive(scene: Scene, draft: Draft) -> None:
    if "off_question" in scene.points:
        _story(scene, draft)
        return
    if scene.chance(0.6) or "concrete_motive" not in scene.points:
        draft.add(scene.line(scene.library.neutral.opening["motive"]))
    _show(scene, draft, "firm_praise")
    _show(scene, draft, "concrete_motive")
    draft.add(scene.line(scene.job.why))
    _story(scene, draft, short=True)


def _plan(scene: Scene, draft: Draft) -> None:
    if "off_question" in scene.points:
        _story(scene, draft)
        return
    draft.add(scene.line(scene.library.neutral.opening["plan"]))
    _show(scene, draft, "abstract_plan")
    if "abstract_plan" in scene.points:
        draft.add(scene.line(scene.job.why), PARAGRAPH)
        _story(scene, draft, short=True)
        return
    years = (scene.job.year1, scene.job.year3, scene.job.year5)
    spots = [draft.add(scene.line(year)) for year in years]
    if "plan_by_period" in scene.points:
        _mark(scene, draft, "plan_by_period", (spots[0], spots[-1]))
    elif scene.chance(0.5):
        draft.add(scene.line(scene.job.why))


def _personality(scene: Scene, draft: Draft) -> None:
    _story(scene, draft)
    for name in ("weak_weakness", "honest_weakness"):
        _show(scene, draft, name, PARAGRAPH)
    if not scene.points & {"weak_weakness", "honest_weakness", "half_answer"}:
        honest = scene.library.merits["honest_weakness"].text
        draft.add(fill(scene.rng.choice(honest).t, scene.slots, scene.rng), PARAGRAPH)


def _tale(scene: Scene, draft: Draft) -> None:
    _story(scene, draft)


def _story(scene: Scene, draft: Draft, *, short: bool = False) -> None:
    """Write the story: opening, background, body, result, lesson and link to the job."""
    for name in ("no_example", "list_only"):
        if name in scene.points:
            _show(scene, draft, name)
            if scene.kind == "skill":
                draft.add(scene.line(scene.job.why), scene.rng.choice((JOINT, PARAGRAPH)))
            return
    draft.told = True
    if not short:
        _open(scene, draft)
    first = len(draft.texts)
    _show(scene, draft, "late_point")
    _body(scene, draft, short=short)
    _result(scene, draft)
    if not short or scene.chance(0.4) or "learned_failure" in scene.points:
        spot = draft.add(scene.told["lesson"], PARAGRAPH if scene.chance(0.15) else JOINT)
        if "learned_failure" in scene.points:
            _mark(scene, draft, "learned_failure", (spot, spot))
    for name in WHOLE_STORY & scene.points:
        _mark(scene, draft, name, (first, len(draft.texts) - 1))
    _show(scene, draft, "repetition")
    if "job_link" in scene.points:
        spot = draft.add(scene.line(scene.job.link), PARAGRAPH if scene.chance(0.4) else JOINT)
        _mark(scene, draft, "job_link", (spot, spot))


def _open(scene: Scene, draft: Draft) -> None:
    for name in ("cliche_opening", "point_first"):
        if name in scene.points:
            _show(scene, draft, name)
            if name == "cliche_opening" or scene.chance(0.3):
                draft.add(scene.line(scene.library.neutral.turns), PARAGRAPH)
            return
    kind = scene.kind
    if "off_question" in scene.points:
        kind = "challenge"
    draft.add(scene.line(scene.library.neutral.opening[kind]))


def _body(scene: Scene, draft: Draft, *, short: bool) -> None:
    told = scene.told
    actions = [told[name] for name in sorted(told) if name.startswith("action")]
    if "run_on" in scene.points:
        links = (told["situation"], told["problem"], *actions[:2])
        text = "".join(
            line.removesuffix("습니다.") + link
            for line, link in zip(links[:-1], CHAIN, strict=False)
        )
        spot = draft.add(text + links[-1])
        length = str(len(draft.texts[spot]) // 10 * 10)
        _mark(scene, draft, "run_on", (spot, spot), {"length": length})
        if not short and scene.chance(0.5):
            draft.add(actions[2])
        return
    draft.add(told["situation"])
    if not short or scene.chance(0.5) or scene.points & WHOLE_STORY:
        draft.add(told["problem"])
    joint = PARAGRAPH if not short and scene.chance(0.15) else JOINT
    if "unclear_role" in scene.points:
        _show(scene, draft, "unclear_role", joint)
        return
    if short or ("clear_role" not in scene.points and scene.chance(0.4)):
        del actions[-1 if short else 1]
    spots = [draft.add(line, joint if i == 0 else JOINT) for i, line in enumerate(actions)]
    if "clear_role" in scene.points:
        _mark(scene, draft, "clear_role", (spots[0], spots[-1]))


def _result(scene: Scene, draft: Draft) -> None:
    if "vague_result" not in scene.points:
        spot = draft.add(scene.told["figures"])
        if "figures" in scene.points:
            _mark(scene, draft, "figures", (spot, spot))
        return
    generic = scene.library.faults["vague_result"].text
    own = scene.told["vague"]
    text = own if scene.chance(0.75) else fill(scene.rng.choice(generic).t, scene.slots, scene.rng)
    spot = draft.add(text)
    _mark(scene, draft, "vague_result", (spot, spot))


def _end(scene: Scene, draft: Draft) -> None:
    joint = PARAGRAPH if scene.chance(0.3) else JOINT
    if "empty_resolution" in scene.points:
        _show(scene, draft, "empty_resolution", joint)
    elif scene.chance(0.75):
        kind = "challenge" if "off_question" in scene.points else scene.kind
        draft.add(scene.line(scene.library.neutral.closing[kind]), joint)


def _pad(scene: Scene, draft: Draft) -> None:
    """Bring a short answer near the usual length with sentences that carry no point."""
    neutral = scene.library.neutral
    lines = list(neutral.filler if draft.told else neutral.plain)
    scene.rng.shuffle(lines)
    while len(draft.rendered()[0]) < SHORTEST and lines:
        draft.add(fill(lines.pop(), scene.slots, scene.rng))


def _glue(scene: Scene, draft: Draft) -> None:
    """Drop the space after some passages, as applicants do, where a digit or a passage follows."""
    starts = {mark.first for mark in draft.marks}
    for mark in draft.marks:
        after = mark.last + 1
        if after == len(draft.texts) or draft.joints[after] != JOINT:
            continue
        digit = draft.texts[after][0].isdigit()
        if scene.chance(0.14 if digit else 0.25 if after in starts else 0):
            draft.joints[after] = GLUED


def _show(scene: Scene, draft: Draft, name: str, joint: str = JOINT) -> None:
    """Add the passage of a point that has words of its own, if the scene has the point."""
    if name not in scene.points:
        return
    points = scene.library.faults | scene.library.merits
    fresh = [shown for shown in points[name].text if shown.t not in scene.used]
    shown = scene.rng.choice(fresh or points[name].text)
    scene.used.add(shown.t)
    spot = draft.add(fill(shown.t, scene.slots, scene.rng), joint)
    _mark(scene, draft, name, (spot, spot), {"q": fill(shown.q, scene.slots, scene.rng)})


def _mark(
    scene: Scene,
    draft: Draft,
    name: str,
    span: tuple[int, int],
    more: Mapping[str, str] | None = None,
) -> None:
    draft.marks.append(Mark(name, *span, {**scene.slots, **(more or {})}))
