"""What a site's robots.txt says beyond paths: whether it objects to AI training.

Scrapy obeys the paths for our own agent's name. This reads the rest, for the operator and the
manifest: groups that turn the known AI agents away, signals of the newer conventions, and plain
words in comments. An objection does not stop a crawl whose operator holds a permission, but the
permission has to cover training.
"""

from __future__ import annotations

import re

#: Agents that collect for training, from the lists that their makers publish; lower case.
# fmt: off
AI_AGENTS = frozenset({
    "ai2bot", "amazonbot", "anthropic-ai", "applebot-extended", "bytespider", "ccbot",
    "chatgpt-user", "claude-searchbot", "claude-user", "claude-web", "claudebot", "cohere-ai",
    "cohere-training-data-crawler", "diffbot", "facebookbot", "google-cloudvertexbot",
    "google-extended", "gptbot", "img2dataset", "meta-externalagent", "meta-externalfetcher",
    "oai-searchbot", "omgilibot", "perplexity-user", "perplexitybot", "timpibot", "youbot",
})
# fmt: on

_COMMENT = re.compile(r"#.*")
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*?)\s*")
_SIGNAL = re.compile(r"\b(?:ai-train|ai|train-ai|train-genai)\s*=\s*(?:no|n)\b", re.IGNORECASE)
_SIGNAL_NAMES = frozenset({"content-signal", "content-usage", "disallowaitraining"})
_WORDS = re.compile(
    r"\b(?:AI|LLM|TDM)\b|machine learning|text and data mining|인공지능|생성형|학습", re.IGNORECASE
)
_SHOWN = 120


def ai_objections(robots: str) -> tuple[str, ...]:
    """Return what a robots.txt says against AI training, each with its line, in its order.

    Args:
        robots: The file's text.

    """
    found: list[str] = []
    agents: list[str] = []
    in_rules = False
    for number, line in enumerate(robots.splitlines(), start=1):
        comment = line.partition("#")[2].strip()
        if _WORDS.search(comment):
            found.append(f"line {number}: {comment[:_SHOWN]}")
        name, value = _directive(line)
        if name == "user-agent":
            agents = [value] if in_rules else [*agents, value]
            in_rules = False
        elif name:
            in_rules = True
        refused = [agent for agent in agents if agent.lower() in AI_AGENTS]
        if name == "disallow" and value == "/" and refused:
            found.append(f"line {number}: turns {', '.join(refused)} away")
        elif name in _SIGNAL_NAMES and (_SIGNAL.search(value) or name == "disallowaitraining"):
            found.append(f"line {number}: {line.strip()[:_SHOWN]}")
    return tuple(found)


def _directive(line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(_COMMENT.sub("", line))
    return (match.group(1).lower(), match.group(2)) if match else ("", "")
