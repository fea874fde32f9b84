"""Essays from the spider to the file."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from crawler.items import Essay
from crawler.output import EssayFile
from crawler.spiders.passassay import PassAssaySpider


class AppendPipeline:
    """Writes each essay to the open file that the spider carries."""

    def __init__(self, essays: EssayFile) -> None:
        self._essays = essays

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the pipeline for the crawl's spider."""
        assert isinstance(crawler.spider, PassAssaySpider)
        return cls(crawler.spider.essays)

    def process_item(self, item: Essay) -> Essay:
        """Write an essay."""
        self._essays.append(item)
        return item
