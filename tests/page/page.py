#!/usr/bin/env python3
"""The page in Chromium, Firefox and WebKitGTK: its reports are the program's, captures from an emulated device are its flash, nothing is asked of a network.

  page.py reports|firefox|webkit|capture|repair|persons|figures PHOTOPSY MAKE_SAMPLE SOURCE_DIRECTORY PACKAGES_DIRECTORY [PICTURES_DIRECTORY]

Exit status 77 (skipped), with a sentence that says why: no page (tools/make-page builds it; the environment variable PHOTOPSY_PAGE names another), no browser,
no Node, or the npm packages cannot be fetched; for "repair" also where the environment variable PHOTOPSY_EMULATOR names no emulated device for the program.
PHOTOPSY_FULL=1: all stories, all widths, 200 captures with faults by chance, and 30 interruptions of each repair.
"""
import glob
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
sys.path.insert(0, str(here))
sys.dont_write_bytecode = True
import repairs  # noqa: E402
import reports as shared  # noqa: E402  (the fetching of packages, and the hostile dump, stand there)

FORMATS = ["json", "markdown", "html", "text", "ndjson", "csv", "junit"]


def page_of(source):
    """The page that was asked for; else the one that was built here, if it was built of what lies here."""
    if os.environ.get("PHOTOPSY_PAGE"):
        return pathlib.Path(os.environ["PHOTOPSY_PAGE"])
    page = source / "build" / "wasm" / "photopsy.html"
    if not page.exists():
        shared.skip("the page was not built (tools/make-page)")
    loader = importlib.machinery.SourceFileLoader("make_page", str(source / "tools" / "make-page"))
    maker = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_page", loader))
    loader.exec_module(maker)
    if maker.source_hash()[:16] not in page.read_text():
        shared.skip("the page was built of other sources (tools/make-page builds it anew)")
    return page


def emulated_device(page):
    device = page.parent / "tests" / "page" / "device" / "page-device.js"
    return device if device.exists() else shared.skip("the emulated device was not built for the browser (tools/make-page builds it beside the page)")


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


def id_in(photopsy, dump):
    """The id that the device of a dump tells as its serial number."""
    told = subprocess.run([photopsy, "analyze", dump, "--format", "json", "--show-ids"], capture_output=True, check=False)
    return json.loads(told.stdout)["device"].get("device_id") or ""


def repair_jobs(native, folder):
    """Dumps to be repaired, and what the program leaves of each on the emulated device."""
    wanted = os.environ.get("PHOTOPSY_STORY")  # one of them, while it is worked on
    stories = [story for story in repairs.STORIES if not wanted or story["name"] == wanted]
    made = [repairs.prepared(native, folder, story) for story in stories]
    (folder / "jobs.json").write_text(json.dumps(made))
    return made


def main():
    what, photopsy, make_sample, source, packages, *pictures = sys.argv[1:]
    source = pathlib.Path(source)
    page = page_of(source)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shared.skip("no chromium (apt-get install chromium)")
    node = shared.fetch(pathlib.Path(packages).resolve())
    environment = {**os.environ, "NODE_PATH": str(pathlib.Path(packages).resolve() / "node_modules"), "CHROMIUM": chromium}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        browser = glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
        if what == "webkit" and not (browser and shutil.which("WebKitWebDriver") and shutil.which("xvfb-run")):
            shared.skip("no WebKitGTK (apt-get install webkit2gtk-driver xvfb xauth)")
        if what == "firefox" and not (os.environ.get("FIREFOX") or shutil.which("firefox-esr")):
            shared.skip("no Firefox (apt-get install firefox-esr)")
        if what == "repair":
            emulator = os.environ.get("PHOTOPSY_EMULATOR") or shared.skip("no emulated device for the program (libumockdev-dev)")
            native = repairs.Native(*(str(pathlib.Path(tool).resolve()) for tool in (photopsy, make_sample, emulator)), source.resolve() / "samples")
            made = repair_jobs(native, folder)
            command = [node, here / "repair.js", page, emulated_device(page), folder / "jobs.json", *(pictures or ["-"]), "30" if shared.FULL else "2"]
        elif what == "persons":
            for story in ("mixed-key", "erased-server-key-0.6", "pkcs8-key", "new-key-after-loss", "user-needs-newer-system", "healthy-1.5.2", "private-server", "pending-update", "reinitialised"):
                subprocess.run([make_sample, source / "samples" / story / "recipe.toml", "-o", folder / (story + ".bin")], check=True)
                (folder / (story + ".id")).write_text(id_in(photopsy, folder / (story + ".bin")))
            command = [node, here / "persons.js", page, emulated_device(page), folder, *(pictures or ["-"])]
        elif what not in ("capture", "figures"):
            (folder / "jobs.json").write_text(json.dumps(jobs(photopsy, make_sample, source, folder)))
            script = {"firefox": "firefox.js", "webkit": "webkit.js", "reports": "browser.js"}[what]
            command = [node, here / script, page, folder / "jobs.json", *(pictures or ["-"])]
            if what == "webkit":
                environment["MINIBROWSER"] = browser[0]
                command = ["xvfb-run", "-a", *command]
        else:
            dump = folder / "dump.bin"
            subprocess.run([make_sample, source / "samples" / "healthy-1.5.2" / "recipe.toml", "-o", dump], check=True)
            core = folder / "core.bin"
            subprocess.run([make_sample, source / "samples" / "core-healthy-0.7.0" / "recipe.toml", "-o", core], check=True)
            command = [node, here / "capture.js", page, emulated_device(page), dump, core, *(pictures or ["-"]), "200" if shared.FULL else "4"]
            if what == "figures":
                command = [node, here / "figures.js", page, emulated_device(page), dump, "5" if shared.FULL else "1"]
        status = subprocess.run(command, env=environment, check=False).returncode
        failures = [failure for job in made for failure in repairs.undone_by_program(native, job)] if what == "repair" and status == 0 else []
        print(*failures, sep="\n", end="\n" if failures else "")
        sys.exit(status or (1 if failures else 0))


if __name__ == "__main__":
    main()
