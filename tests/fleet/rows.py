#!/usr/bin/env python3
"""The page of triage with 10,000 rows in Chromium: the reports of some stories, each under many names.

  rows.py PHOTOPSY MAKE_SAMPLE SOURCE_DIRECTORY PACKAGES_DIRECTORY      exit status 77: no Chromium, Node or npm packages
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "report" / "web"))
from reports import fetch, skip  # noqa: E402

ROWS = 10000
STORIES = ["erased-key", "healthy-1.5.2", "mixed-key", "part2-bit-error", "truncated-capture", "wrong-server-key", "eeprom-swap", "healthy-p1"]
# Of a report, what no row is made of: most of its bytes.
UNREAD = ["plan", "afterwards", "findings", "unexplained", "regions", "ota", "eeprom", "wifi", "remarks", "cannot_tell", "redactions"]


def lines(photopsy, make_sample, source, folder):
    """A report of each story, then again and again with another path."""
    reports = []
    for story in STORIES:
        dump = folder / f"{story}.bin"
        subprocess.run([make_sample, str(source / "samples" / story / "recipe.toml"), "-o", str(dump)], check=True)
        done = subprocess.run([photopsy, "analyze", dump.name, "--format", "ndjson"], cwd=folder, capture_output=True, check=False)
        report = json.loads(done.stdout)
        reports.append({key: value for key, value in report.items() if key not in UNREAD})
    for number in range(ROWS):
        report = reports[number % len(reports)]
        report["fleet"]["path"] = f"customer {number % 97}/{number:05d}-{STORIES[number % len(STORIES)]}.bin"
        yield report


def main():
    photopsy, make_sample, source, packages = sys.argv[1:5]
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        skip("no chromium (apt-get install chromium)")
    node = fetch(pathlib.Path(packages).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        outcomes = collections.Counter()
        with open(folder / "reports.ndjson", "w", encoding="utf-8") as file:
            for report in lines(os.path.abspath(photopsy), os.path.abspath(make_sample), pathlib.Path(source), folder):
                outcomes[report["verdict"]["outcome"]] += 1
                file.write(json.dumps(report) + "\n")
        page = subprocess.run([photopsy, "triage", str(folder / "reports.ndjson"), "--format", "html"], capture_output=True, check=False)
        assert page.returncode in (0, 1), page.stderr
        (folder / "page.html").write_bytes(page.stdout)
        each = ROWS // len(STORIES)
        expected = {"rows": ROWS, "outcomes": outcomes, "words": {"mixed-key": each, "EEPROM-swap customer": each, "nothing has this": 0},
                    "first_story": each}
        (folder / "expected.json").write_text(json.dumps(expected))
        environment = {**os.environ, "NODE_PATH": str(pathlib.Path(packages).resolve() / "node_modules"), "CHROMIUM": chromium}
        sys.exit(subprocess.run([node, here / "rows.js", folder / "page.html", folder / "expected.json"], env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
