#!/usr/bin/env bash
# The crawl alone, from fetch to durable log, beside Scrapy writing the same pages to SQLite: pages per CPU-second and
# peak memory, on the same real pages from nginx on loopback, one after the other in one run.
#
#   KIOSQUE_CORPORA=…/corpora tests/compare/crawl.sh
#
# Needs nginx, /usr/bin/time, sqlite3, and python3 with `scrapy` (PyPI; PYTHON names the interpreter).
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/compare/web.sh
kiosque=${KIOSQUE:-${CARGO_TARGET_DIR:-target}/release/kiosque}
[ -n "${KIOSQUE:-}" ] || cargo build --release --quiet --bin kiosque
measure() { # NAME COUNT-COMMAND COMMAND…
  local name=$1 count=$2; shift 2
  /usr/bin/time -f '%U %S %e %M' -o "$work/time" "$@" >"$work/out" 2>"$work/err" || { tail -5 "$work/err" >&2; exit 1; }
  read -r user system wall memory < "$work/time"
  "$python" -c "
pages, cpu = int('$(eval "$count")'), $user + $system
print(f'{\"$name\":<16} {pages:5} pages  {cpu:6.2f} CPU-s  {pages / cpu:6.0f} pages/CPU-s  {$wall:6.1f} s wall  {$memory // 1000:5} MB peak')"
}
# Nobody reads the log meanwhile, so the crawl may run as far ahead as it likes.
export KIOSQUE__CRAWL__MAX_WAITING=1000000
for turn in 1 2 3; do
  export KIOSQUE__STORE__PATH=$work/kiosque-$turn/store.sqlite
  mkdir -p "$work/kiosque-$turn"
  measure "kiosque" "sqlite3 $work/kiosque-$turn/bus.sqlite \"SELECT count(*) FROM log WHERE headers LIKE '%kiosque.page.v1%'\"" \
    "$kiosque" stage crawl "$work/pipeline.toml" --until-idle
  measure 'scrapy' "sqlite3 $work/scrapy-$turn.sqlite 'SELECT count(*) FROM pages'" \
    "$python" tests/compare/spider.py --raw "http://127.0.0.1:$port/sitemap.xml" "$work/scrapy-$turn.sqlite"
done
