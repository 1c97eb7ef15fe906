"""Judges a crawl by the log of requests of whoever was crawled.

    python3 manners.py LOG DELAY_MS first|second
"""
import collections
import json
import sys
from urllib.parse import urlsplit

log, delay_ms, turn = sys.argv[1], float(sys.argv[2]), sys.argv[3]
rows = [json.loads(line) for line in open(log, encoding="utf-8")]
by_host, pages = collections.defaultdict(list), collections.defaultdict(list)
RULES = ("/robots.txt", "/.well-known/tdmrep.json")
for row in rows:
    url = urlsplit(row["url"])
    by_host[url.hostname].append(row["t"])
    if url.path not in RULES and not url.path.endswith("feed.xml"):
        pages[row["url"]].append(row)
whole = {url for url, tries in pages.items() if any(row["status"] == 200 and row["bytes"] >= 0 for row in tries)}
twice = {url for url in whole if sum(row["status"] == 200 for row in pages[url]) > 1}
# The log is written when an answer begins, to the millisecond: requests are no closer than it shows, but for that.
gaps = [b - a for times in by_host.values() for a, b in zip(sorted(times), sorted(times)[1:])]
fast = [gap for gap in gaps if gap * 1000 < delay_ms - 2]
spans = {host: max(times) - min(times) for host, times in by_host.items()}
slowest = max(spans, key=spans.get)
total = max(row["t"] for row in rows) - min(row["t"] for row in rows)
print(f"{len(rows)} requests to {len(by_host)} hosts, {len(pages)} pages asked for, {len(whole)} answered with 200, "
      f"{sum(row['status'] == 304 for tries in pages.values() for row in tries)} with 304")
print(f"pages answered with 200 more than once: {len(twice)} (cut answers that were tried again are among them)")
print(f"shortest time between two requests to one host: {min(gaps) * 1000:.0f} ms of {delay_ms:.0f}; closer: {len(fast)} of {len(gaps)}")
print(f"the crawl lasted {total:.0f} s, its slowest host {slowest} {spans[slowest]:.0f} s, all hosts one after the other {sum(spans.values()):.0f} s")
known = [row for tries in pages.values() for row in tries if row["inm"]]
asked = sum(len(tries) for tries in pages.values())
if turn == "second":
    print(f"conditional: {len(known)} of {asked} page requests")
failed = bool(fast)
sys.exit(f"a host was asked faster than its delay" if failed else 0)
