"""The peer of tests/compare/run.sh: Scrapy fetches, trafilatura extracts, SQLite keeps.

    python3 spider.py SITEMAP_URL DATABASE
"""
import sqlite3
import sys

import scrapy
import trafilatura
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
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        if found is None:
            return
        row = (response.url, found.title, found.author, found.date, found.text)
        self.database.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?)", row)
        self.database.commit()


if __name__ == "__main__":
    process = CrawlerProcess(
        {"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    )
    process.crawl(Pages, *sys.argv[1:3])
    process.start()
