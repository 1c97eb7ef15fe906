#!/usr/bin/env python3
"""Opens each export of an edition with a program that is not ours, and says what it found.

    read.py FOLDER      FOLDER holds edition.json and edition.<format> for the formats to read

Needs feedparser (PyPI). epubcheck, LibreOffice (soffice) and poppler (pdftotext, pdffonts) are programs on the path;
a format whose reader is missing is an error and not skipped.
"""
import csv
import email
import email.policy
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import feedparser

folder = Path(sys.argv[1])
edition = json.loads((folder / "edition.json").read_text())
items = edition["front"] + [item for section in edition["sections"] for item in section["items"]]
arabic = next((item for item in items if item["direction"] == "rtl"), None)


def file(ending):
    path = folder / f"edition.{ending}"
    return path if path.exists() else None


def check(condition, said):
    if not condition:
        sys.exit(f"FAILED {said}")


def plain(text):
    """Text without the marks that only set it: no-break spaces, isolates, shaping."""
    import unicodedata
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if c.isalnum()).casefold()


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    check(done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout + done.stderr


def feeds():
    for ending in ("rss", "atom"):
        read = feedparser.parse(str(file(ending)))
        check(not read.bozo, f"{ending}: {read.get('bozo_exception')}")
        check(len(read.entries) == len(items), f"{ending}: {len(read.entries)} entries of {len(items)}")
        check(len({entry.id for entry in read.entries}) == len(items), f"{ending}: ids")
        for entry, item in zip(read.entries, items):
            check(plain(entry.title) == plain(item["title"]), f"{ending}: {entry.title}")
            check(entry.link == item["url"], f"{ending}: {entry.link}")
        print(f"ok {ending}: feedparser reads {len(read.entries)} entries")
    read = json.loads(file("jsonfeed").read_text())
    check(read["version"].endswith("/1.1") and len(read["items"]) == len(items), "jsonfeed")
    print(f"ok jsonfeed: {len(read['items'])} items")


def table():
    with open(file("csv"), encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    check(len(rows) == len(items), f"csv: {len(rows)} rows of {len(items)}")
    for row, item in zip(rows, items):
        check(row["url"] == item["url"] and row["title"].lstrip("'") == item["title"].lstrip("'"), f"csv: {row}")
    print(f"ok csv: {len(rows)} rows")


def messages():
    for message in json.loads(file("telegram").read_text()):
        check(len(message["text"].encode("utf-16-le")) // 2 <= 4096, "telegram: too long")
        ElementTree.fromstring(f"<m>{message['text']}</m>")
    for message in json.loads(file("slack").read_text()):
        check(len(message["blocks"]) <= 50, "slack: too many blocks")
    check(json.loads(file("webhook").read_text())["event"] == "edition", "webhook")
    print("ok telegram, slack, webhook")


def mail():
    message = email.message_from_bytes(file("eml").read_bytes(), policy=email.policy.default)
    check(not message.defects and message.get_content_type() == "multipart/alternative", "eml: structure")
    for header in ("From", "Date", "Subject", "Message-ID", "List-Id"):
        check(message[header], f"eml: no {header}")
    kinds = [part.get_content_type() for part in message.iter_parts()]
    check(kinds == ["text/plain", "text/html"], f"eml: {kinds}")
    text, html = (part.get_content() for part in message.iter_parts())
    check(plain(edition["front"][0]["title"]) in plain(text), "eml: no headline in the text part")
    check("<style" not in html and "src=" not in html, "eml: a sheet or picture")
    size = len(file("eml").read_bytes())
    print(f"ok eml: Python's email reads two parts, {size // 1024} KiB")


def book():
    # Debian's program is an archive of Java that not every kernel starts by itself.
    for path in (file("epub"), folder / "papers.epub"):
        said = run("java", "-jar", shutil.which("epubcheck"), str(path))
        check("No errors or warnings detected" in said, f"{path.name}: {said[-2000:]}")
    print("ok epub: epubcheck finds no error and no warning, by rubrique and by paper")


def document():
    with zipfile.ZipFile(file("docx")) as archive:
        check(archive.testzip() is None, "docx: a broken entry")
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
    with tempfile.TemporaryDirectory() as out:
        profile = f"-env:UserInstallation=file://{out}/profile"
        run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", out, str(file("docx")))
        made = Path(out) / "edition.pdf"
        check(made.exists(), "docx: LibreOffice made nothing of it")
        text = plain(run("pdftotext", "-layout", str(made), "-"))
        for section in edition["sections"]:
            check(plain(section["label"]) in text, f"docx: no {section['label']}")
        pages = run("pdfinfo", str(made)).split("Pages:")[1].split()[0]
    print(f"ok docx: LibreOffice opens it, {pages} pages")


def sheet():
    text = plain(run("pdftotext", str(file("pdf")), "-"))

    def stands(item):
        # Poppler gives back what it sees and turns each run of Arabic on its own: words hold, their order does not
        # where digits or marks stand between them.
        if item["direction"] == "rtl":
            return all(plain(word) in text for word in item["title"].split())
        return plain(item["title"])[:24] in text

    missing = [item["number"] for item in items if not stands(item)]
    # What has no letter of the fonts is left out, and a line's end may part a word.
    check(len(missing) <= len(items) // 20, f"pdf: titles not found: {missing}")
    fonts = run("pdffonts", str(file("pdf"))).splitlines()[2:]
    check(fonts and all(" yes yes yes" in line for line in fonts), f"pdf: fonts {fonts}")
    about = run("pdfinfo", str(file("pdf")))
    check("Tagged:          yes" in about, f"pdf: {about}")
    outline = run("pdfinfo", "-struct", str(file("pdf")))
    check("H1" in outline and "Link" in outline, "pdf: no headings or links in its tags")
    pages = about.split("Pages:")[1].split()[0]
    print(f"ok pdf: poppler reads {pages} pages, {len(fonts)} fonts embedded, tagged")


for ending, read in (("rss", feeds), ("csv", table), ("telegram", messages), ("eml", mail), ("epub", book), ("docx", document), ("pdf", sheet)):
    if file(ending):
        read()
    else:
        print(f"-- {ending}: no such export in {folder}")
