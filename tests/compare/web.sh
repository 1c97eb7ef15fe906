#!/usr/bin/env bash
# Sourced: every page of KIOSQUE_CORPORA from nginx on loopback, at $port, and a pipeline that crawls them,
# $work/pipeline.toml. Everything is gone at the end.
: "${KIOSQUE_CORPORA:?a folder with extract/*/gold.jsonl and html/}"
python=${PYTHON:-python3}
work=$(mktemp -d)
chmod 755 "$work"
trap 'test -f "$work/nginx.pid" && kill "$(cat "$work/nginx.pid")"; rm -rf "$work"' EXIT
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

"$python" - "$KIOSQUE_CORPORA" "$work/www" "$port" <<'PY'
import gzip, json, pathlib, sys
corpora, www, port = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
(www / "p").mkdir(parents=True)
urls = []
for name in ("fr_ar", "scrapinghub", "fundus_eval", "fundus_pub", "wcxb", "trafilatura"):
    folder = corpora / "extract" / name
    for line in (folder / "gold.jsonl").open(encoding="utf-8"):
        page = json.loads(line)["id"]
        for path in (folder / "html" / f"{page}.html", folder / "html" / f"{page}.html.gz"):
            if path.exists():
                body = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
                target = f"p/{name}-{len(urls)}.html"
                (www / target).write_bytes(body)
                urls.append(f"http://127.0.0.1:{port}/{target}")
                break
rows = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
(www / "sitemap.xml").write_text(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>')
(www / "robots.txt").write_text("User-agent: *\nDisallow:\n")
print(len(urls), "pages,", sum(f.stat().st_size for f in (www / "p").iterdir()) // 1_000_000, "MB")
PY

cat > "$work/nginx.conf" <<CONF
pid $work/nginx.pid;
error_log $work/nginx.log;
worker_processes 1;
events { worker_connections 256; }
http {
  types { text/html html; application/xml xml; text/plain txt; }
  access_log off;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
  uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 127.0.0.1:$port; root $work/www; charset off; }
}
CONF
nginx -c "$work/nginx.conf"

cat > "$work/pipeline.toml" <<CONF
[pipeline]
name = "compare"
[crawl]
contact = "compare@kiosque.example"
delay_ms = 0
jitter_ms = 0
max_entries_per_source = 100000
allow_private = ["127.0.0.0/8"]
[store]
path = "$work/kiosque/store.sqlite"
[[source]]
id = "corpora"
url = "http://127.0.0.1:$port/sitemap.xml"
CONF

