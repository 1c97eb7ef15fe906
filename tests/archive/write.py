"""Writes what kiosque archived anew with warcio, as other archives look: WARC 1.0, packed answers, chunks, records of
every type, and a damaged one.

    python3 write.py FOLDER OUT.warc.gz OUT.warc
"""
import gzip
import io
import pathlib
import sys

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def pages(folder):
    for file in sorted(pathlib.Path(folder).iterdir()):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    header = record.rec_headers.get_header
                    yield header("WARC-Target-URI"), header("WARC-Date"), record.http_headers, record.content_stream().read()


def chunked(body):
    parts = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def write(out, pages, is_packed):
    writer = WARCWriter(out, gzip=is_packed, warc_version="1.0")
    writer.write_record(writer.create_warcinfo_record("theirs", {"software": "another crawler"}))
    for number, (url, date, headers, body) in enumerate(pages):
        kept = [(n, v) for n, v in headers.headers if n.lower() not in ("content-length", "content-encoding")]
        if number % 3 == 1:
            body, kept = gzip.compress(body), kept + [("Content-Encoding", "gzip")]
        if number % 2:
            body, kept = chunked(body), kept + [("Transfer-Encoding", "chunked")]
        http = StatusAndHeaders("200 OK", kept, protocol="HTTP/1.1")
        at = {"WARC-Date": date}
        response = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict=at)
        request = writer.create_warc_record(url, "request", http_headers=StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True))
        writer.write_request_response_pair(request, response)
        if number == 2:
            out.write(b"\x1f\x8b\x08\x00 this member is broken" if is_packed else b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: many\r\n\r\n")
    moved = StatusAndHeaders("301 Moved", [("Location", "/")], protocol="HTTP/1.1")
    writer.write_record(writer.create_warc_record("http://a.example/moved", "response", http_headers=moved))
    image = StatusAndHeaders("200 OK", [("Content-Type", "image/png")], protocol="HTTP/1.1")
    writer.write_record(writer.create_warc_record("http://a.example/i.png", "response", payload=io.BytesIO(b"x"), http_headers=image))


all_pages = list(pages(sys.argv[1]))
for name in sys.argv[2:]:
    with open(name, "wb") as out:
        write(out, all_pages, name.endswith(".gz"))
