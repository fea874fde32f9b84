"""Which weaknesses and merits may stand in an answer to which kind of question, and together."""

from __future__ import annotations

import random
from typing import Final

# The parts of an answer that a point takes; two points of one answer share no part.
PARTS: Final[dict[str, frozenset[str]]] = {
    "cliche_opening": frozenset({"open"}),
    "point_first": frozenset({"open"}),
    "late_point": frozenset({"background"}),
    "firm_praise": frozenset({"motive"}),
    "concrete_motive": frozenset({"motive"}),
    "run_on": frozenset({"background", "body"}),
    "unclear_role": frozenset({"body"}),
    "clear_role": frozenset({"body"}),
    "vague_result": frozenset({"result"}),
    "figures": frozenset({"result"}),
    "learned_failure": frozenset({"lesson"}),
    "repetition": frozenset({"lesson"}),
    "job_link": frozenset({"link"}),
    "empty_resolution": frozenset({"end"}),
    "weak_weakness": frozenset({"weakness"}),
    "honest_weakness": frozenset({"weakness"}),
    "abstract_plan": frozenset({"plan"}),
    "plan_by_period": frozenset({"plan"}),
    "half_answer": frozenset({"open", "background", "body", "result", "lesson", "weakness"}),
    "no_example": frozenset({"open", "background", "body", "result", "lesson", "link"}),
    "list_only": frozenset({"open", "background", "body", "result", "lesson", "link"}),
    "unrelated": frozenset({"open", "background", "body", "result", "lesson", "link"}),
    "off_question": frozenset(
        {"open", "background", "body", "result", "lesson", "motive", "plan", "link"}
    ),
}
BAD: Final[dict[str, str]] = {
    "motive": "firm_praise firm_praise firm_praise empty_resolution off_question vague_result "
    "late_point",
    "plan": "abstract_plan abstract_plan abstract_plan empty_resolution off_question",
    "personality": "no_example weak_weakness weak_weakness half_answer half_answer repetition "
    "vague_result",
    "growth": "cliche_opening cliche_opening late_point vague_result empty_resolution run_on",
    "skill": "list_only list_only no_example no_example vague_result run_on unrelated unrelated "
    "late_point empty_resolution unclear_role",
    "teamwork": "unclear_role unclear_role vague_result vague_result run_on late_point repetition",
    "conflict": "off_question unclear_role vague_result run_on late_point repetition",
    "failure": "off_question vague_result vague_result run_on late_point empty_resolution",
    "challenge": "vague_result late_point run_on unclear_role repetition empty_resolution "
    "cliche_opening",
    "creative": "vague_result vague_result run_on unclear_role late_point repetition",
    "values": "cliche_opening no_example repetition vague_result empty_resolution",
}
GOOD: Final[dict[str, str]] = {
    "motive": "concrete_motive concrete_motive job_link figures",
    "plan": "plan_by_period",
    "personality": "honest_weakness honest_weakness point_first figures clear_role",
    "growth": "figures clear_role job_link",
    "skill": "point_first figures clear_role job_link",
    "teamwork": "clear_role figures point_first",
    "conflict": "clear_role figures",
    "failure": "learned_failure learned_failure clear_role figures",
    "challenge": "figures clear_role point_first job_link",
    "creative": "figures clear_role point_first",
    "values": "point_first figures job_link",
}
# How likely one more point is good, by how well the applicant writes.
GOOD_SHARE: Final = (0.05, 0.22, 0.66)
POINT_COUNTS: Final = (1, 1, 2, 2, 2, 3)


def choose_points(kind: str, level: int, rng: random.Random) -> frozenset[str]:
    """Choose one to three points for an answer, none in another's way.

    Args:
        kind: The kind of question.
        level: How well the applicant writes: 0, 1 or 2.
        rng: The source of chance.

    """
    chosen: set[str] = set()
    taken: frozenset[str] = frozenset()
    for _ in range(rng.choice(POINT_COUNTS)):
        pool = GOOD if rng.random() < GOOD_SHARE[level] else BAD
        free = [name for name in pool[kind].split() if not PARTS[name] & taken]
        if free:
            name = rng.choice(free)
            chosen.add(name)
            taken |= PARTS[name]
    return frozenset(chosen)
