#!/usr/bin/env bash
# A crawl of real pages through a proxy that replays them with faults, twice, judged by the proxy's own log of requests:
# each page that can be had comes once, no host is asked faster than its delay, memory stays small, the second crawl asks
# conditionally. Then the same crawl by its stage alone, with nobody behind it, for its memory.
#
#   KIOSQUE_CORPORA=…/corpora KIOSQUE_REPLAY=…/replay_web.py tests/compare/manners.sh
#
# KIOSQUE_REPLAY is a program that serves `--corpus` folders as an HTTP proxy on `--port`, logs each request as a JSON
# line (`t` seconds, `url`, `status`, `bytes`, `inm`) to `--log`, lists its feeds at /sources.txt, and makes the faults
# named below. Needs /usr/bin/time and python3. DELAY_MS is the rest between requests to one host.
set -euo pipefail
: "${KIOSQUE_CORPORA:?a folder with extract/*/gold.jsonl and html/}" "${KIOSQUE_REPLAY:?a program that replays pages}"
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
delay=${DELAY_MS:-200}
kiosque=${KIOSQUE:-${CARGO_TARGET_DIR:-target}/release/kiosque}
work=$(mktemp -d)
trap 'kill "$proxy" 2>/dev/null || true; rm -rf "$work"' EXIT
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
corpora=()
for folder in "$KIOSQUE_CORPORA"/extract/*/; do corpora+=(--corpus "$folder"); done
# One program stands for all hosts: with the queue of one, connections it had no room for are served once the crawler has
# given them up, and logged as requests.
wide='import runpy, socketserver, sys
socketserver.TCPServer.request_queue_size = 4096
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")'
"$python" -c "$wide" "$KIOSQUE_REPLAY" "${corpora[@]}" --port "$port" --log "$work/requests.jsonl" --slow-seconds 2 \
  --fail-503 .1 --fail-429 .05 --slow .02 --truncate .02 --huge .01 >"$work/proxy.log" 2>&1 &
proxy=$!
until grep -q 'pages on' "$work/proxy.log"; do sleep 0.2; done
cat "$work/proxy.log"
"$python" -c "
import urllib.request
web = urllib.request.build_opener(urllib.request.ProxyHandler({'http': 'http://127.0.0.1:$port'}))
open('$work/sources.txt', 'wb').write(web.open('http://localhost/sources.txt').read())"
cat > "$work/pipeline.toml" <<CONF
sources_file = "$work/sources.txt"
[pipeline]
name = "manners"
[crawl]
contact = "compare@kiosque.example"
delay_ms = $delay
jitter_ms = 50
hosts_at_once = 64
max_entries_per_source = 100000
proxy = "http://127.0.0.1:$port"
[store]
path = "$work/store.sqlite"
CONF
crawl() { # turn, file of known pages, arguments of kiosque
  local turn=$1 known=$2
  shift 2
  : >"$work/requests.jsonl"
  /usr/bin/time -f '%M %e %U %S' -o "$work/time" "$kiosque" "$@" >"$work/out" 2>"$work/err" ||
    { tail -5 "$work/err" >&2; exit 1; }
  echo "== $*, the $turn crawl: $(tail -1 "$work/time" |
    awk '{ printf "%d MB peak, %.0f s wall, %.1f CPU-s", $1 / 1000, $2, $3 + $4 }')" | sed "s, $work/, ,"
  "$python" tests/compare/manners.py "$work/requests.jsonl" "$delay" "$turn" "$known"
}
for turn in first second; do
  crawl "$turn" "$work/known.txt" run "$work/pipeline.toml" --until-idle
done
export KIOSQUE__STORE__PATH="$work/alone/store.sqlite" KIOSQUE__CRAWL__MAX_WAITING=1000000
crawl first "$work/alone.txt" stage crawl "$work/pipeline.toml" --until-idle
