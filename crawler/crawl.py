"""Crawl 합격자소서 into essays: `python -m crawler.crawl --site replica`.

A live site starts only with `--permission "who, when, for what"`. Killed at any point, the same
command goes on where it was. Beside `essays.jsonl`, `essays.manifest.json` says what was done.

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 refused (no permission, robots.txt, or an
unwelcoming site).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.arguments import (
    LONGEST_TIMEOUT,
    MOST_DRIVERS,
    names,
    site_address,
    type_names,
    whole_number,
)
from crawler.chromium import find_browser
from crawler.coverage import Coverage
from crawler.hosts import is_loopback
from crawler.intake import GO_ON
from crawler.items import RecordError, manifest_path, write_whole
from crawler.outcomes import CrawlError, CrawlFailedError, WrongUsageError
from crawler.output import EssayFile, open_essays, page_store
from crawler.plan import DEFAULT_TYPES, LIVE_SITE, REPLICA, REPLICA_SITE, CrawlPlan
from crawler.politeness import delay_for, require_permission, user_agent
from crawler.replica.child import replica_child
from crawler.spiders.passassay import PassAssaySpider
from crawler.tally import Tally, manifest

SETTINGS_MODULE = "crawler.settings"


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawl as the command line asks; the exit code is told by the module's docstring."""
    options = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            plan = _plan(options)
            require_permission(plan.site, plan.permission)
            if plan.browser != "never":
                find_browser()
            essays = stack.enter_context(open_essays(plan.out, plan.site, fresh=plan.fresh))
            if options.site == REPLICA:
                replica = replica_child(seed=options.replica_seed)
                plan = replace(plan, site=stack.enter_context(replica))
            return _run(plan, essays)
    except CrawlError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except (RecordError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(plan: CrawlPlan, essays: EssayFile) -> int:
    """Crawl, then say what came of it: on the screen and in the manifest."""
    if essays.warning:
        print(essays.warning, file=sys.stderr)
    started, clock = _now(), time.monotonic()
    tally = Tally(coverage=Coverage(analysed=plan.analysed))
    try:
        crawl(plan, essays, tally)
    finally:
        error = tally.verdict(plan.site)
        essays.close(done=error is None)
        tally.gained_types = essays.gained
        record = manifest(plan, tally, essays=essays.count, started=started, ended=_now())
        write_whole(manifest_path(plan.out), [record])
    for line in tally.vocabulary.report():
        print(line, file=sys.stderr)
    for objection in tally.objections if not is_loopback(plan.site) else ():
        print(f"robots.txt, {objection}: the permission must cover AI training", file=sys.stderr)
    if tally.lists:  # else it ended before there was anything to sum up
        print(tally.summary(plan, time.monotonic() - clock))
    if error is None:
        return 0
    print(f"error: {error}", file=sys.stderr)
    return error.exit_code


def crawl(
    plan: CrawlPlan,
    essays: EssayFile,
    tally: Tally,
    *,
    overrides: Mapping[str, object] | None = None,
) -> None:
    """Run Scrapy on a plan in this process, once; what happens is in the tally.

    Args:
        plan: What to crawl.
        essays: The open file that new essays go to.
        tally: Counts what happens.
        overrides: Scrapy settings of this run that differ from the project's.

    """

    def note(failure: Failure) -> None:
        tally.stop(CrawlFailedError(f"the crawl did not start: {failure.getErrorMessage()}"))

    pages = page_store(plan.out, plan.site)
    if plan.fresh:
        pages.clear()
    settings = _settings(plan)
    for name, value in (overrides or {}).items():
        if isinstance(value, Mapping):
            settings[name].update(value)
        else:
            settings.set(name, value, priority="cmdline")  # as high as those of the plan
    process = CrawlerProcess(settings)
    started = process.crawl(PassAssaySpider, plan=plan, tally=tally, essays=essays, pages=pages)
    started.addErrback(note)
    process.start()
    if not tally.ended:
        tally.stop(CrawlFailedError(f"interrupted; {GO_ON}"))


def _settings(plan: CrawlPlan) -> Settings:
    settings = Settings()
    settings.setmodule(SETTINGS_MODULE)
    delay = delay_for(plan.site)
    settings.setdict(
        {
            "USER_AGENT": user_agent(),
            "CRAWL_SITE": plan.site,
            "CRAWL_DELAY": delay,
            "CRAWL_BROWSER": plan.browser,
            "BROWSER_POOL_SIZE": plan.drivers,
            "BROWSER_PAGE_TIMEOUT": plan.timeout,
            "DOWNLOAD_TIMEOUT": plan.timeout,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if delay else 8,
            "HTTPPROXY_ENABLED": bool(delay),
        },
        priority="cmdline",
    )
    return settings


def _plan(options: argparse.Namespace) -> CrawlPlan:
    if options.replica_seed is not None and options.site != REPLICA:
        raise WrongUsageError(f"--replica-seed goes with --site {REPLICA} alone")
    return CrawlPlan(
        site=REPLICA_SITE if options.site == REPLICA else options.site,
        types=options.types,
        fields=options.fields,
        analysed=options.analysed,
        limit=options.limit,
        browser=options.browser,
        permission=options.permission,
        out=options.out,
        fresh=options.fresh,
        timeout=options.timeout,
        drivers=options.drivers,
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.crawl",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--site", type=site_address, default=LIVE_SITE, help=f"({LIVE_SITE}), or {REPLICA}")
    add("--replica-seed", type=whole_number(0), metavar="N", help="other essays on the replica")
    add(
        "--types",
        type=type_names,
        default=DEFAULT_TYPES,
        help=f"기업형태 by name ({','.join(DEFAULT_TYPES)}), or all",
    )
    add("--fields", type=names, default=(), help="직무 by name, such as 개발·데이터 (all)")
    add("--analysed", action="store_true", help="only essays with an expert's analysis")
    add("--limit", type=whole_number(1), help="at most so many new essays")
    add(
        "--browser",
        choices=("always", "lists", "never"),
        default="lists",
        help="what goes through a browser (%(default)s)",
    )
    add(
        "--drivers",
        type=whole_number(1, MOST_DRIVERS),
        default=2,
        help="how many browsers at most (%(default)s)",
    )
    add(
        "--timeout",
        type=whole_number(1, LONGEST_TIMEOUT),
        default=30,
        help="seconds that a page may take (%(default)s)",
    )
    add("--permission", help='who allowed it, when and for what: "who, when, for what"')
    add("--out", type=Path, default=Path("data/raw/essays.jsonl"), help="(%(default)s)")
    add(
        "--fresh",
        action="store_true",
        help="start over: forget what crawls of the replica, or of another site on this machine, "
        "have made; refused for any other site and its essays",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
