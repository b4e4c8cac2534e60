#!/usr/bin/env python3
"""The page in Chromium and Firefox: its reports are the program's, captures from an emulated device are its flash, nothing is asked of a network.

  page.py reports|firefox|capture PHOTOPSY MAKE_SAMPLE SOURCE_DIRECTORY PACKAGES_DIRECTORY [PICTURES_DIRECTORY]

Exit status 77 (skipped), with a sentence that says why: no page (tools/make-page builds it; the environment variable PHOTOPSY_PAGE names another), no browser,
no Node, or the npm packages cannot be fetched. PHOTOPSY_FULL=1: all stories, all widths, and 200 captures with faults by chance.
"""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "report" / "web"))
import reports as shared  # noqa: E402  (the fetching of packages, and the hostile dump, stand there)

FORMATS = ["json", "markdown", "html", "text", "ndjson", "csv", "junit"]


def page_of(source):
    """The page that was asked for; else the one that was built here, if it was built of what lies here."""
    if os.environ.get("PHOTOPSY_PAGE"):
        return pathlib.Path(os.environ["PHOTOPSY_PAGE"])
    page = source / "build" / "wasm" / "photopsy.html"
    if not page.exists():
        shared.skip("the page was not built (tools/make-page)")
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("make_page", str(source / "tools" / "make-page"))
    maker = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_page", loader))
    loader.exec_module(maker)
    if maker.source_hash()[:16] not in page.read_text():
        shared.skip("the page was built of other sources (tools/make-page builds it anew)")
    return page


def expected(photopsy, files, folder, formats, words=()):
    """What the program says of the same files, in a folder where nothing else lies."""
    told = {}
    for form in formats:
        told[form] = str(folder / ("expected." + form))
        done = subprocess.run([photopsy, "analyze", *[file.name for file in files if file.suffix != ".json"], *words, "--format", form],
                              cwd=files[0].parent, capture_output=True, env={**os.environ, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}, check=False)
        assert done.returncode in (0, 1), (files, done.stderr)
        pathlib.Path(told[form]).write_bytes(done.stdout)
    return told


def jobs(photopsy, make_sample, source, folder):
    """One for each story, and those that are not a single file."""
    made = []
    for name, dump in shared.dumps(make_sample, folder, source):
        told = folder / (name + ".told")
        told.mkdir()
        second = dump.with_name(dump.name + ".external")
        words = ["--external", second.name] if second.exists() else []
        files = [dump] + ([second] if words else [])
        made.append({"files": [str(file) for file in files], "expected": expected(photopsy, [dump], told, FORMATS, words)})
    hostile = folder / "hostile"
    hostile.mkdir()
    dump = shared.hostile_dump(make_sample, hostile)
    told = folder / "hostile.told"
    told.mkdir()
    made.append({"files": [str(dump), str(dump) + ".json"], "expected": expected(photopsy, [dump], told, FORMATS[:4])})
    made.append(with_saves(photopsy, make_sample, source, folder))
    return made


def with_saves(photopsy, make_sample, source, folder):
    place = folder / "saves"
    place.mkdir()
    dump = place / "dump.bin"
    subprocess.run([make_sample, source / "samples" / "mixed-key" / "recipe.toml", "-o", dump], check=True)
    told = folder / "saves.told"
    told.mkdir()
    subprocess.run([photopsy, "report", "dump.bin", "-o", told / "ticket.zip"], cwd=place, capture_output=True, check=False)
    subprocess.run([photopsy, "keys", "recover", "dump.bin", "-o", told / "key.der"], cwd=place, capture_output=True, check=True)
    return {"files": [str(dump)], "expected": expected(photopsy, [dump], told, FORMATS[:4]), "saves": {"ticket": str(told / "ticket.zip"), "key": str(told / "key.der")}}


def main():
    what, photopsy, make_sample, source, packages, *pictures = sys.argv[1:]
    source = pathlib.Path(source)
    page = page_of(source)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shared.skip("no chromium (apt-get install chromium)")
    node = shared.fetch(pathlib.Path(packages).resolve())
    environment = {**os.environ, "NODE_PATH": str(pathlib.Path(packages).resolve() / "node_modules"), "CHROMIUM": chromium}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        if what == "firefox" and not (os.environ.get("FIREFOX") or shutil.which("firefox-esr")):
            shared.skip("no Firefox (apt-get install firefox-esr)")
        if what != "capture":
            (folder / "jobs.json").write_text(json.dumps(jobs(photopsy, make_sample, source, folder)))
            command = [node, here / ("firefox.js" if what == "firefox" else "browser.js"), page, folder / "jobs.json", *(pictures or ["-"])]
        else:
            device = page.parent / "tests" / "page" / "device" / "page-device.js"
            if not device.exists():
                shared.skip("the emulated device was not built for the browser (tools/make-page builds it beside the page)")
            dump = folder / "dump.bin"
            subprocess.run([make_sample, source / "samples" / "healthy-1.5.2" / "recipe.toml", "-o", dump], check=True)
            command = [node, here / "capture.js", page, device, dump, *(pictures or ["-"]), "200" if shared.FULL else "4"]
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
