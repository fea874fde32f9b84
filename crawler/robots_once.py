"""The site's robots.txt is asked for once a crawl.

The spider reads it first, for what it says beside paths, and Scrapy's own middleware once more for
the paths. That one is given the answer which is there already: the site is spared a request, and
no second one can fail, which Scrapy would take for leave to go everywhere.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

MARK = "dont_obey_robotstxt"  # on a request for robots.txt itself, the spider's and Scrapy's


class RobotsOnceMiddleware:
    """Answers the second request for robots.txt with the answer to the first."""

    def __init__(self) -> None:
        self._answer: Response | None = None

    def process_request(self, request: Request) -> Response | None:
        """Give the answer that is there; leave every other request alone."""
        return self._answer if request.meta.get(MARK) else None

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer, after redirects and retries."""
        if request.meta.get(MARK):
            self._answer = response
        return response
