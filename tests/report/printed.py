#!/usr/bin/env python3
"""How many sheets of paper a report takes: the HTML page of sick devices, printed by Chromium.

  printed.py PHOTOPSY MAKE_SAMPLE SAMPLES     the longest ones; with PHOTOPSY_FULL=1 all samples. Exit status 77: Chromium is missing"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PHOTOPSY, MAKER, SAMPLES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), pathlib.Path(os.path.abspath(sys.argv[3]))
LONGEST = ("interrupted-update-old-bootloader", "mixed-key", "dct-bit-error")
MOST = 3
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
if not CHROMIUM:
    print("skipped: Chromium is not installed")
    sys.exit(77)


def sheets(story, folder):
    dump, page, paper = (folder / f"{story}.{ending}" for ending in ("bin", "html", "pdf"))
    subprocess.run([MAKER, SAMPLES / story / "recipe.toml", "-o", dump], check=True, capture_output=True)
    second = folder / f"{story}.bin.external"
    beside = ["--external", second] if second.exists() else []
    subprocess.run([PHOTOPSY, "analyze", dump, *beside, "--format", "html", "-o", page], capture_output=True)
    subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
                    f"--print-to-pdf={paper}", page.as_uri()], capture_output=True, timeout=180)
    return len(re.findall(rb"/Type\s*/Page[^s]", paper.read_bytes())) if paper.exists() else None


def main():
    stories = sorted(path.parent.name for path in SAMPLES.glob("*/recipe.toml")) if os.environ.get("PHOTOPSY_FULL") == "1" else LONGEST
    failures = 0
    with tempfile.TemporaryDirectory(prefix="photopsy-printed-", ignore_cleanup_errors=True) as folder:
        for story in stories:
            count = sheets(story, pathlib.Path(folder))
            print(f"{story}: {count}")
            if count is None or not 1 <= count <= MOST:
                failures += 1
                print(f"FAILED: {story} takes {count} sheets, not {MOST} at most")
    return failures


sys.exit(1 if main() else 0)
