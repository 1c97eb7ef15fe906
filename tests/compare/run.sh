#!/usr/bin/env bash
# Pages per CPU-second and peak memory of the whole line, beside Scrapy + trafilatura writing to SQLite, on the same
# real pages from nginx on loopback, one after the other in one run.
#
#   KIOSQUE_CORPORA=…/corpora tests/compare/run.sh
#
# Needs nginx, /usr/bin/time, and python3 with `scrapy`, `trafilatura` and `lxml_html_clean` (PyPI; PYTHON names the interpreter).
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/compare/web.sh
cargo build --release --quiet --bin kiosque
measure() { # NAME COUNT-COMMAND COMMAND…
  local name=$1 count=$2; shift 2
  /usr/bin/time -f '%U %S %e %M' -o "$work/time" "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
  read -r user system wall memory < "$work/time"
  "$python" -c "
pages, cpu = int('$(eval "$count")'), $user + $system
print(f'{\"$name\":<22} {pages:5} articles  {cpu:7.1f} CPU-s  {pages / cpu:6.0f} articles/CPU-s  {$wall:6.1f} s wall  {$memory // 1000:5} MB peak')"
}
measure kiosque "sqlite3 $work/kiosque/store.sqlite 'SELECT count(*) FROM articles'" \
  "${CARGO_TARGET_DIR:-target}/release/kiosque" run "$work/pipeline.toml" --until-idle
measure 'scrapy + trafilatura' "sqlite3 $work/scrapy.sqlite 'SELECT count(*) FROM articles'" \
  "$python" tests/compare/spider.py "http://127.0.0.1:$port/sitemap.xml" "$work/scrapy.sqlite"
