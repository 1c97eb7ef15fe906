"""Reads kiosque's archive with warcio and says what is wrong with it.

    python3 read.py FOLDER
"""
import collections
import pathlib
import sys

from warcio.archiveiterator import ArchiveIterator

kinds, pages, known = collections.Counter(), set(), {}
files = sorted(pathlib.Path(sys.argv[1]).iterdir())
assert files and all(f.name.endswith(".warc.gz") for f in files), files
for file in files:
    with file.open("rb") as stream:
        for number, record in enumerate(ArchiveIterator(stream, check_digests="raise")):
            kinds[record.rec_type] += 1
            header = record.rec_headers.get_header
            assert record.format == "warc" and record.rec_headers.protocol == "WARC/1.1", record.rec_headers.protocol
            if number == 0:
                assert record.rec_type == "warcinfo" and header("WARC-Filename") == file.name, header("WARC-Filename")
            if record.rec_type == "response":
                body = record.content_stream().read()
                assert record.http_headers.get_statuscode() == "200" and body, header("WARC-Target-URI")
                assert header("WARC-Payload-Digest").startswith("sha1:")
                pages.add(header("WARC-Record-ID"))
            elif record.rec_type == "request":
                assert record.http_headers.get_header("user-agent").startswith("kiosque/"), record.http_headers
                assert header("WARC-Concurrent-To") in pages
            elif record.rec_type == "metadata":
                known[header("WARC-Concurrent-To")] = record.content_stream().read().decode()
assert kinds["response"] == kinds["request"] == len(pages) > 0, kinds
assert set(known) == pages and all("robots: " in text and "source: " in text for text in known.values())
assert len(files) > 1, "the files are not rotated"
print(f"{len(files)} files, {len(pages)} pages: {dict(kinds)}")
