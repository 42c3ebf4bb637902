"""A walk over everything that the pages of an application point to."""

import html
import re
from collections import Counter
from urllib.parse import urlsplit

from .sites import Site

#: Anything in quotes that is a path of this server: attributes and the JSON that scripts are given.
PATH = re.compile(r'"(/(?!/)[^"\s<>]*)"')
ANCHOR = re.compile(r'<a\b[^>]*\bhref="(/[^"]*)"')
#: So many pages are looked at behind paths of one route that nobody can click on (pictures, mostly).
SAMPLE = 3

class Walk:
    """Every page that can be reached from the first one, and what is wrong with their links."""

    def __init__(self, site: Site, start: str = "/"):
        self.site, self.pages, self.wrong = site, {}, []
        self.seen, self.looked = {start}, Counter()
        waiting = [start]
        while waiting:
            waiting += self.look(waiting.pop())

    def look(self, url: str) -> list[str]:
        """Get a page; the links on it that were not seen before."""
        response = self.pages[url] = self.site.app.get(url, expect_errors=True)
        if response.status_int >= 400:
            self.wrong.append((url, response.status_int))
        found = [urlsplit(response.location).path] if response.location else []
        if response.content_type == "text/html":
            anchors = {html.unescape(path) for path in ANCHOR.findall(response.text)}
            others = {html.unescape(path) for path in PATH.findall(response.text)} - anchors
            found += [path for path in anchors if self.leads(url, path)]
            found += [path for path in others if self.leads(url, path, sample=True)]
        new = [path for path in dict.fromkeys(found) if path not in self.seen]
        self.seen.update(new)
        return new

    def leads(self, page: str, path: str, *, sample: bool = False) -> bool:
        """Whether a link is to be followed; one that leads nowhere is wrong."""
        if path in self.seen:
            return False
        route = self.site.route_of(path.partition("?")[0].replace("{copy}", "f" * 32))
        methods = self.site.methods(route) if route else set()
        if not methods or not sample and "GET" not in methods:
            self.wrong.append((page, path))
            return False
        if sample:
            self.looked[route] += 1
        return "GET" in methods and "{" not in path and not path.endswith("/") and (
            not sample or route == "static" or self.looked[route] <= SAMPLE)
