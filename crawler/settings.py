"""Scrapy's settings for this project. `crawler.crawl` adds those of one crawl (`CRAWL_*`)."""

from __future__ import annotations

from scrapy.settings import default_settings

BOT_NAME = "jasoseo"
SPIDER_MODULES = ["crawler.spiders"]
USER_AGENT = "jasoseo-research/0.1 (research on Korean cover letters, project jasoseo)"

ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "jasoseo-research"
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
HTTPERROR_ALLOW_ALL = True  # the spider reads every status: a refusal must stop the crawl
LOG_LEVEL = "WARNING"

DOWNLOAD_DELAY = 0  # PacingMiddleware sets the pace, for both ways of fetching
DOWNLOAD_TIMEOUT = 30
RETRY_TIMES = 2
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504]
RETRY_EXCEPTIONS = [*default_settings.RETRY_EXCEPTIONS, "crawler.browser.BrowserError"]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the spider tells of a page that stays away, once

DOWNLOADER_MIDDLEWARES = {
    # Before retries and redirects, so that it sees the answer that came of them.
    "crawler.robots_once.RobotsOnceMiddleware": 150,
    # Both after the retries (550): each attempt waits for its turn, a refusal is seen before it is
    # retried, and a page fetched by the browser is retried like any other.
    "crawler.pacing.PacingMiddleware": 790,
    "crawler.browser.BrowserMiddleware": 800,
}
ITEM_PIPELINES = {"crawler.pipelines.AppendPipeline": 500}

# Defaults of one crawl; crawler.crawl overrides them.
CRAWL_SITE = "http://127.0.0.1"
CRAWL_DELAY = 1.0
CRAWL_BROWSER = "never"
BROWSER_POOL_SIZE = 2
BROWSER_PAGE_TIMEOUT = 30
