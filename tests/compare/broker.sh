#!/usr/bin/env bash
# The line as processes over Kafka beside the line in one process, on the same pages of the demo's kind or of corpora, one
# after the other in one run: pages a second, pages per CPU-second and peak memory of each process; then what an outage of
# five minutes leaves to be worked off.
#
#   KIOSQUE_CORPORA=…/corpora tests/kafka.sh with tests/compare/broker.sh
#
# Needs nginx, /usr/bin/time, sqlite3 and python3. OUTAGE_S is the outage's length, 300 where left out; 0 leaves it out.
set -euo pipefail
: "${KIOSQUE_TEST_KAFKA:?start it with tests/kafka.sh with}"
cd "$(dirname "$0")/../.."
source tests/compare/web.sh
kiosque=${CARGO_TARGET_DIR:-target}/release/kiosque
cargo build --release --quiet --bin kiosque

report() { # NAME PAGES TIME-FILE
  awk -v name="$1" -v pages="$2" '{ cpu = $1 + $2
    printf "%-18s %6d pages %7.1f CPU-s %7.1f s wall %6.0f pages/s %6.0f pages/CPU-s %5d MB peak\n",
      name, pages, cpu, $3, pages / $3, pages / (cpu > 0 ? cpu : 0.01), $4 / 1000 }' "$3"
}

/usr/bin/time -f '%U %S %e %M' -o "$work/one" "$kiosque" run "$work/pipeline.toml" --until-idle >/dev/null 2>"$work/err"
pages=$(sqlite3 "$work/kiosque/store.sqlite" 'SELECT count(*) FROM articles')
report "one process" "$pages" "$work/one"

export KIOSQUE__BUS__KIND=kafka KIOSQUE__BUS__BROKERS=$KIOSQUE_TEST_KAFKA KIOSQUE__BUS__PARTITIONS=3
export KIOSQUE__BUS__PREFIX=compare-$$. KIOSQUE__STORE__PATH=$work/many/store.sqlite
"$kiosque" check "$work/pipeline.toml" --create-topics >/dev/null
stages=(dedup extract classify sink)
begin() {
  for stage in "${stages[@]}"; do
    /usr/bin/time -f '%U %S %e %M' -o "$work/$stage" "$kiosque" stage "$stage" "$work/pipeline.toml" 2>>"$work/$stage.err" &
  done
}
finish() { pkill -TERM -P "$(pgrep -d, -f '/usr/bin/time.*kiosque stage (dedup|extract|classify|sink)')" || true; wait; }
drained() {
  until "$kiosque" status "$work/pipeline.toml" --json 2>/dev/null |
    python3 -c 'import json, sys; sys.exit(any(stage["lag"] for stage in json.load(sys.stdin)["stages"]))'; do sleep 0.2; done
}
begin
sleep 8 # joining the groups is not the line's speed
started=$(date +%s.%N)
/usr/bin/time -f '%U %S %e %M' -o "$work/crawl" "$kiosque" stage crawl --until-idle "$work/pipeline.toml" 2>"$work/crawl.err"
drained
wall=$(echo "$(date +%s.%N) - $started" | bc)
finish
found=$(sqlite3 "$work/many/store.sqlite" 'SELECT count(*) FROM articles')
for stage in crawl "${stages[@]}"; do
  tail -1 "$work/$stage" | awk -v wall="$wall" '{ print $1, $2, wall, $4 }' >"$work/row"
  report "  $stage" "$found" "$work/row"
done
for stage in crawl "${stages[@]}"; do tail -1 "$work/$stage"; done |
  awk -v wall="$wall" '{ u += $1; s += $2; m += $4 } END { print u, s, wall, m }' >"$work/row"
report "five processes" "$found" "$work/row"

outage=${OUTAGE_S:-300}
if [ "$outage" -gt 0 ] && [ -n "${KIOSQUE_TEST_KAFKA_SCRIPT:-}" ]; then
  export KIOSQUE__BUS__PREFIX=outage-$$. KIOSQUE__STORE__PATH=$work/outage/store.sqlite
  "$kiosque" check "$work/pipeline.toml" --create-topics >/dev/null
  "$kiosque" stage crawl --until-idle "$work/pipeline.toml" 2>/dev/null || true &
  begin
  sleep 4
  "$KIOSQUE_TEST_KAFKA_SCRIPT" kill --dir "$KIOSQUE_TEST_KAFKA_DIR"
  sleep "$outage"
  "$KIOSQUE_TEST_KAFKA_SCRIPT" restart --dir "$KIOSQUE_TEST_KAFKA_DIR" >/dev/null
  back=$(date +%s.%N)
  until [ "$(sqlite3 "$work/outage/store.sqlite" 'SELECT count(*) FROM articles' 2>/dev/null)" = "$found" ]; do sleep 0.5; done
  echo "after an outage of $outage s in the middle: all $found articles $(echo "$(date +%s.%N) - $back" | bc) s after the broker was back"
  finish
fi
