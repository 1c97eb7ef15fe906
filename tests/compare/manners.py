"""Judges a crawl by the log of requests of whoever was crawled.

    python3 manners.py LOG DELAY_MS first|second KNOWN

KNOWN is a file in which the first crawl leaves the pages that came whole, for the second to be judged by.
"""
import collections
import hashlib
import json
import pathlib
import sys
from urllib.parse import urlsplit

log, delay_ms, turn, known = sys.argv[1], float(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
rows = [json.loads(line) for line in open(log, encoding="utf-8")]
by_host, pages = collections.defaultdict(list), collections.defaultdict(list)
RULES = ("/robots.txt", "/.well-known/tdmrep.json")
for row in rows:
    url = urlsplit(row["url"])
    by_host[url.hostname].append(row["t"])
    if url.path not in RULES and not url.path.endswith("feed.xml"):
        pages[row["url"]].append(row)
answered = {url for url, tries in pages.items() if any(row["status"] == 200 and row["bytes"] >= 0 for row in tries)}
again = {url for url in answered if sum(row["status"] == 200 for row in pages[url]) > 1}
# Whoever replays cuts an answer by the hash of its address, so every try of such a page is cut and none may count.
CUT_SHARE = 0.02


def is_cut(address):
    url = urlsplit(address)
    target = url.hostname.lower() + (url.path or "/") + (f"?{url.query}" if url.query else "")
    return int(hashlib.sha256(f"cut{target}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < CUT_SHARE


cut = {url for url in pages if is_cut(url)}
# The log is written when an answer begins, to the millisecond: requests are no closer than it shows, but for that.
gaps = [b - a for times in by_host.values() for a, b in zip(sorted(times), sorted(times)[1:])]
fast = [gap for gap in gaps if gap * 1000 < delay_ms - 2]
spans = {host: max(times) - min(times) for host, times in by_host.items()}
slowest = max(spans, key=spans.get)
total = max(row["t"] for row in rows) - min(row["t"] for row in rows)
print(f"{len(rows)} requests to {len(by_host)} hosts, {len(pages)} pages asked for, {len(answered)} answered with 200, "
      f"{sum(row['status'] == 304 for tries in pages.values() for row in tries)} with 304")
print(f"pages answered with 200 more than once: {len(again)}, of which cut by the server: {len(again & cut)}, fetched twice: {len(again - cut)}")
print(f"shortest time between two requests to one host: {min(gaps) * 1000:.0f} ms of {delay_ms:.0f}; closer: {len(fast)} of {len(gaps)}")
print(f"the crawl lasted {total:.0f} s, its slowest host {slowest} {spans[slowest]:.0f} s, all hosts one after the other {sum(spans.values()):.0f} s")
failures = []
if fast:
    failures.append("a host was asked faster than its delay")
if again - cut:
    failures.append(f"fetched twice: {sorted(again - cut)[:5]}")
if turn == "first":
    known.write_text("\n".join(sorted(answered - cut)))
else:
    had = set(known.read_text().splitlines())
    plain = [row["url"] for url, tries in pages.items() if url in had for row in tries if not row["inm"]]
    conditional = sum(bool(row["inm"]) for tries in pages.values() for row in tries)
    owed = sum(len(tries) for url, tries in pages.items() if url not in had)
    print(f"conditional: {conditional} page requests; of pages that had come whole, asked without a condition: {len(plain)}; "
          f"requests for pages that never came whole: {owed}")
    if plain:
        failures.append(f"known and asked for without a condition: {plain[:5]}")
sys.exit("; ".join(failures) or 0)
