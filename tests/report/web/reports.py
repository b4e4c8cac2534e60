#!/usr/bin/env python3
"""HTML reports in Chromium, or Markdown reports as a forum renders them, over stories of samples/ and, in the long run, all labelled dumps.

  reports.py html|markdown PHOTOPSY MAKE_SAMPLE SOURCE_DIRECTORY PACKAGES_DIRECTORY [PICTURES_DIRECTORY]

Exit status 77 (skipped), with a sentence that says why: no chromium, no Node, or the npm packages cannot be fetched. They go to
PACKAGES_DIRECTORY, outside the sources, pinned by package-lock.json. PHOTOPSY_FULL=1: all stories and dumps at all widths.
"""
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
FULL = os.environ.get("PHOTOPSY_FULL", "0") not in ("", "0")
FEW = ["healthy-1.5.2", "interrupted-update-new-bootloader", "truncated-capture", "wrong-server-key"]
# Every string that a report can show, from a stranger: no part of it may become markup, a link or a mention.
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'& @everyone [a](http://evil.example) *b* `c` {{d}} <!--"


def skip(sentence):
    print("skipped: " + sentence)
    sys.exit(77)


def fetch(packages):
    """npm ci into the build directory, once; two tests may ask at the same time."""
    node = shutil.which("node") or skip("no Node (apt-get install nodejs npm)")
    packages.mkdir(parents=True, exist_ok=True)
    with open(packages / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (here / "package-lock.json").read_bytes()
        have = packages / "package-lock.json"
        if not (have.exists() and have.read_bytes() == wanted and (packages / "fetched").exists()):
            npm = shutil.which("npm") or skip("no npm (apt-get install npm), and the packages are not in " + str(packages))
            for name in ("package.json", "package-lock.json"):
                shutil.copy(here / name, packages / name)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"]
            try:
                done = subprocess.run(command, cwd=packages, capture_output=True, text=True, timeout=180, check=False)
            except subprocess.TimeoutExpired:
                skip("npm did not fetch its packages within three minutes")
            if done.returncode != 0:
                skip("npm cannot fetch playwright-core, axe-core and markdown-it: " + (done.stderr.strip().splitlines() or ["?"])[-1])
            (packages / "fetched").touch()
    return node


def hostile_dump(make_sample, folder):
    """A dump whose every readable string is markup: names of file and archive, server, network, factory text, application, capture record."""
    def text(size):
        return json.dumps((HOSTILE * 9)[:size])
    recipe = (here.parents[2] / "samples" / "healthy-1.5.2" / "recipe.toml").read_text().split("[expect]")[0].split("damage =")[0]
    recipe += "damage = [\n"
    for copy in (1, 2):
        recipe += f'{{ act = "put", at = "dct{copy}.version_string", text = {text(32)} }},\n{{ act = "put", at = "dct{copy}.dns_resolve", text = {text(120)} }},\n'
        recipe += f'{{ act = "put", at = "dct{copy}.wifi_entry_1+1", text = {text(32)} }},\n{{ act = "put", at = "dct{copy}.claim_code", text = {text(63)} }},\n'
        recipe += f'{{ act = "put", at = "dct{copy}.server_address", hex = "013e" }},\n{{ act = "put", at = "dct{copy}.server_address+2", text = {text(62)} }},\n'
        recipe += f'{{ act = "reseal", copy = {copy} }},\n'
    recipe += f'{{ act = "put", at = "user+0x900", text = {text(400)} }},\n]\n'
    path = folder / "hostile.toml"
    path.write_text(recipe)
    dump = folder / (HOSTILE.replace("/", "|")[:120] + ".bin")
    subprocess.run([make_sample, path, "-o", dump], check=True)
    digest = subprocess.run(["sha256sum", "-b"], stdin=open(dump, "rb"), capture_output=True, text=True, check=True).stdout.split()[0]
    record = {"schema": "photopsy-capture/1", "sha256": digest, "size": dump.stat().st_size, "reads": 2}
    record.update({key: HOSTILE for key in ("when", "tool_version", "usb_id", "serial", "path", "operating_system")})
    pathlib.Path(str(dump) + ".json").write_text(json.dumps(record))
    return dump


def dumps(make_sample, folder, source):
    stories = sorted(path.parent for path in (source / "samples").glob("*/recipe.toml"))
    for story in stories:
        if FULL or story.name in FEW:
            (folder / story.name).mkdir()
            dump = folder / story.name / "dump.bin"
            subprocess.run([make_sample, story / "recipe.toml", "-o", dump], check=True)
            yield story.name, dump
    shared = pathlib.Path(os.environ.get("PHOTOPSY_SHARED") or source / ".." / "shared") / "dumps" / "dumps.tar.zst"
    if FULL and shared.exists() and shutil.which("zstd"):
        (folder / "labelled").mkdir()
        unpack = subprocess.Popen(["zstd", "-dc", "--long=27", shared], stdout=subprocess.PIPE)
        subprocess.run(["tar", "x", "-C", folder / "labelled"], stdin=unpack.stdout, check=True)
        unpack.wait()
        for dump in sorted((folder / "labelled").rglob("d*.*")):
            yield dump.stem, dump


def render(photopsy, form, name, dump, folder, words=()):
    target = folder / f"{name}.{'html' if form == 'html' else 'md'}"
    done = subprocess.run([photopsy, "analyze", dump, "--format", form, "-o", target, *words], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), (name, done.stderr)
    return target


def main():
    form, photopsy, make_sample, source, packages, *pictures = sys.argv[1:]
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if form == "html" and not chromium:
        skip("no chromium (apt-get install chromium)")
    node = fetch(pathlib.Path(packages).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "reports").mkdir()
        pages = [render(photopsy, form, name, dump, folder / "reports") for name, dump in dumps(make_sample, folder, pathlib.Path(source))]
        hostile = hostile_dump(make_sample, folder)
        pages.append(render(photopsy, form, "hostile", hostile, folder / "reports", ["--show-ids"]))
        pages.append(render(photopsy, form, "several", hostile, folder / "reports", [folder / FEW[1] / "dump.bin"]))
        options = ([] if FULL else ["--short"]) + (pictures or ["-"]) if form == "html" else []
        environment = {**os.environ, "NODE_PATH": str(pathlib.Path(packages).resolve() / "node_modules"), "CHROMIUM": chromium or ""}
        check = subprocess.run([node, here / ("browser.js" if form == "html" else "forum.js"), *options, *pages], env=environment, check=False)
        sys.exit(check.returncode)


if __name__ == "__main__":
    main()
