#!/usr/bin/env bash
# The archive of raw pages read by another implementation of WARC, and archives of another implementation imported.
#
#   tests/archive/warcio.sh [KIOSQUE]
#
# Needs python3 with venv; takes warcio from PyPI into a folder of its own. The demo's invented press is all it crawls.
set -euo pipefail
cd "$(dirname "$0")/../.."
kiosque=${1:-${CARGO_TARGET_DIR:-target}/debug/kiosque}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check warcio==1.8.1
  python=$work/venv/bin/python
fi
export KIOSQUE__STORE__PATH=$work/crawled/store.sqlite KIOSQUE__EXPORT__DIR=$work/editions
KIOSQUE__ARCHIVE__DIR=$work/archive KIOSQUE__ARCHIVE__MAX_FILE_BYTES=60000 "$kiosque" run >/dev/null

# Ours, read by theirs: every digest, every record, the pages and what is known of them.
"$python" -m warcio.cli check "$work"/archive/*.warc.gz
"$python" tests/archive/read.py "$work/archive" | tee "$work/ours"

# Ours and theirs, imported: the articles are those of the crawl.
articles() { "$kiosque" query "SELECT count(*) AS n FROM articles" --format csv | tail -1; }
crawled=$(articles)
export KIOSQUE__STORE__PATH=$work/imported/store.sqlite
"$kiosque" import "$work"/archive/*.warc.gz
[ "$(articles)" = "$crawled" ] || { echo "the crawl stored $crawled articles, the import $(articles)" >&2; exit 1; }
"$python" tests/archive/write.py "$work/archive" "$work/theirs.warc.gz" "$work/theirs.warc"
for theirs in theirs.warc.gz theirs.warc; do
  export KIOSQUE__STORE__PATH=$work/$theirs.store/store.sqlite
  "$kiosque" import "$work/$theirs" --json | tee "$work/told"
  [ "$(articles)" = "$crawled" ] || { echo "the crawl stored $crawled articles, $theirs gave $(articles)" >&2; exit 1; }
done
echo "archives of both sides agree: $crawled articles"
