"""The peer of tests/compare/run.sh and crawl.sh: Scrapy fetches, trafilatura extracts, SQLite keeps; with --raw it keeps
the pages as they came.

    python3 spider.py [--raw] SITEMAP_URL DATABASE
"""
import sqlite3
import sys

import scrapy
from scrapy.crawler import CrawlerProcess


class Pages(scrapy.spiders.SitemapSpider):
    name = "pages"

    def __init__(self, sitemap, database):
        self.sitemap_urls = [sitemap]
        self.database = sqlite3.connect(database)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute(
            "CREATE TABLE articles (url TEXT PRIMARY KEY, title TEXT, author TEXT, date TEXT, text TEXT)"
        )
        super().__init__()

    def parse(self, response):
        import trafilatura

        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        if found is None:
            return
        row = (response.url, found.title, found.author, found.date, found.text)
        self.database.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?)", row)
        self.database.commit()


class RawPages(scrapy.spiders.SitemapSpider):
    name = "raw"

    def __init__(self, sitemap, database):
        self.sitemap_urls = [sitemap]
        self.database = sqlite3.connect(database)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("CREATE TABLE pages (url TEXT PRIMARY KEY, headers TEXT, body BLOB)")
        self.waiting = 0
        super().__init__()

    def parse(self, response):
        row = (response.url, str(response.headers), response.body)
        self.database.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", row)
        self.waiting += 1
        if self.waiting % 16 == 0:
            self.database.commit()

    def closed(self, reason):
        self.database.commit()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    spider = RawPages if arguments[0] == "--raw" else Pages
    process = CrawlerProcess(
        {"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    )
    process.crawl(spider, *[word for word in arguments if word != "--raw"])
    process.start()
