#!/usr/bin/env python3
"""Are the remedies true? For each sample of samples/, and each labelled dump where those lie beside the checkout: a device is emulated that holds the dump,
and every line that the report prints is typed as it stands there, in a folder where files of such names lie already. First the plan over all causes, in
its order, in one session with one device that is never begun anew but where the report asks for RESET; then each other way in a session of its own.
Afterwards the flash must hold what the sentences promise: the key that was named, the server's key, no cause that was cured, nothing worse than before, and
every file that was there untouched.

  remedies.py EMULATOR PHOTOPSY MAKE_SAMPLE SAMPLES SHARED [REGEX]     exit status 77: dfu-util is missing

particle-cli, its cloud and a debugger are not here: stand-ins take their lines, refuse what they do not know, and what they would write is put into the
flash at the end. A spread of the samples and dumps; all of them with PHOTOPSY_FULL=1."""
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import key_files
from emulation import ENVIRONMENT, FULL, make_sample, run
from firmware_files import Archive, Generator, provide, put_by_hand

EMULATOR, PHOTOPSY, MAKER = map(os.path.abspath, sys.argv[1:4])
SAMPLES, SHARED = (pathlib.Path(os.path.abspath(word)) for word in sys.argv[4:6])
WANTED = re.compile(sys.argv[6] if len(sys.argv) > 6 else ".")
HERE = pathlib.Path(__file__).resolve().parent
DUMPS, PAIRS, FIRMWARE = SHARED / "dumps/dumps.tar.zst", SHARED / "dumps/electron-core.tar.zst", SHARED / "corpus/firmware.tar.zst"
GRAVITY = ("healthy", "attention", "cloud-fails", "safe-mode", "boot-fails", "bad-capture")
NAME, STEM, SECOND = "kitchen, it's.bin", "kitchen-it-s", "kitchen, 2nd.bin"
# Where the keys of each device stand, counted as `-a 1 -s` counts; behind the first bytes of a copy of its table.
KEY_PLACES = {"photon": (7548, 34, 2082), "p1": (7548, 34, 2082), "electron": (8, 3106, 3298), "core": (0, 0x2000, 0x1000)}
SIZES = {"photon": 1 << 20, "p1": 1 << 20, "electron": 1 << 20, "core": 1 << 17}
KEY_SIZES = {"electron": 192}
ENDINGS = ("key.der", "new-key.pub.pem", "again.bin", "server-key.der", "public-key.pem", "flash.bin", "shareable.bin")
LOOKS_ALIKE = {"private-key-regenerated"}  # the key that was replaced stands in the older copy now: which of the two is on record, no flash tells
ONLY_ELSEWHERE = re.compile(r"particle (update|serial wifi|compile)")
if not shutil.which("dfu-util"):
    print("skipped: needs dfu-util")
    sys.exit(77)


def tools(folder):
    """photopsy as people type it, and stand-ins for programs that are not here."""
    folder.mkdir()
    (folder / "photopsy").symlink_to(PHOTOPSY)
    for name in ("particle", "openocd", "npm"):
        (folder / name).write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -B {shlex.quote(str(HERE / 'stand_in.py'))} {name} \"$@\"\n")
        (folder / name).chmod(0o755)
    return folder


def report(path, folder, second=None):
    beside = ["--external", second] if second else []
    done = run([PHOTOPSY, "analyze", "--format", "json", "--show-ids", path, *beside], folder)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{path}: {done.stderr}")
    return json.loads(done.stdout)


class Trial:
    """One dump in a folder of its own, and its report."""

    def __init__(self, folder, put, healthy, firmware, path):
        self.folder, self.firmware, self.path = folder, firmware, path
        put(folder / NAME)
        self.mine = {f"{STEM}-{ending}": b"mine: " + ending.encode() for ending in ENDINGS}
        for name, content in self.mine.items():
            (folder / name).write_bytes(content)
        self.mine[NAME] = (folder / NAME).read_bytes()
        self.second = self.second_file()
        self.report = report(NAME, folder, SECOND if self.second else None)
        self.device = self.report["device"]["layout"]
        self.before = self.report["verdict"]["outcome"]
        self.flash = self.flash_of_device(healthy)

    def second_file(self):
        """The second flash, which the sample's maker or the archive put beside the dump."""
        made = self.folder / (NAME + ".external")
        if not made.exists():
            return b""
        made.rename(self.folder / SECOND)
        self.mine[SECOND] = (self.folder / SECOND).read_bytes()
        return self.mine[SECOND]

    def flash_of_device(self, healthy):
        """What the device holds: the dump, or, where that is no copy of a flash, something sound that must stay so."""
        flash = self.mine[NAME]
        if len(flash) == SIZES.get(self.device, 1 << 20) and self.report["verdict"]["outcome"] != "bad-capture":
            return flash
        self.before = "healthy"
        return healthy(self.device)

    def emulated(self):
        known = self.report["device"].get("device_id", "")
        serial = ["--serial", known] if len(known) == 24 else []  # the chip of this flash, else the table would be another device's
        return [EMULATOR, "--generation", "auto", "--kind", self.device if self.device in KEY_PLACES else "photon", *serial]

    def lines(self, remedy):
        lines = ["reset"] if "even if the device is in DFU mode already" in remedy.get("before", "") else []
        if "makes a key of its own at its next start" in remedy["explain"]:  # so does this firmware
            kind, at = ("--ec ", KEY_PLACES["electron"][1]) if self.device == "electron" else ("", KEY_PLACES["photon"][1])
            lines += [f"photopsy keys new {kind}--force -o of-the-firmware.der", f"dfu-util -d 2b04: -a 1 -s {at} -D of-the-firmware.der", "reset"]
        return lines + remedy["commands"]

    def closing(self):
        """The lines that show whether it worked, where two flashes must be compared."""
        return self.report.get("afterwards", {}).get("commands", []) if self.second else []

    def session(self, remedies):
        """(what went wrong or None, the lines typed, the flash afterwards, the second one afterwards)"""
        lines = [line for remedy in remedies for line in self.lines(remedy)] + self.closing()
        for remedy in remedies:
            missing = provide(remedy, self.device, self.firmware, self.folder)
            if missing:
                return missing, lines, self.flash, self.second
        work = pathlib.Path(tempfile.mkdtemp(dir=self.folder.parent))
        (work / "flash").write_bytes(self.flash)
        (work / "second").write_bytes(self.second)
        (work / "steps").write_text(json.dumps(lines))
        words = [*self.emulated(), "--flash", work / "flash", "--save-flash", work / "after", "--external", work / "second",
                 "--save-external", work / "second-after", "--", sys.executable, "-B", HERE / "remedy_session.py",
                 work / "steps", work / "result"]
        done = subprocess.run([str(word) for word in words], cwd=self.folder, capture_output=True, text=True,
                              env=dict(ENVIRONMENT, PATH=f"{self.path}:{os.environ['PATH']}"), timeout=900)
        if not (work / "result").exists():
            return f"the session ended early: {done.returncode} {done.stderr[-300:]}", lines, self.flash, self.second
        second = (work / "second-after").read_bytes() if self.second else b""
        return json.loads((work / "result").read_text())["trouble"], lines, (work / "after").read_bytes(), second


def file_behind(line, word):
    words = shlex.split(line)
    return words[words.index(word) + 1]


def slot_in(device, flash, second, after, offset):
    if second:
        return second[offset:]
    chosen = next((copy for copy in after["dct"] if copy["selected"]), None)
    return flash[int(chosen["address"], 16) - 0x08000000 + KEY_PLACES[device][0] + offset:] if chosen else b""


def broken_promise(trial, lines, flash, second, after):
    """What a line's file or the flash does not hold although the sentence said so; None where all is true."""
    content = lambda name: (trial.folder / name).read_bytes()
    _, device_key, server_key = KEY_PLACES.get(trial.device, KEY_PLACES["photon"])
    slot = lambda offset: slot_in(trial.device, flash, second, after, offset)
    for line in lines:
        if "keys recover" in line and not key_files.fingerprint(key_files.of_file(content(file_behind(line, "-o")))).startswith(file_behind(line, "--key")):
            return f"`{line}` gave another key"
        if "keys send" in line:
            sent, held = key_files.of_file(content(shlex.split(line)[-1])), key_files.of_private(slot(device_key)[:KEY_SIZES.get(trial.device, 612)])
            if not sent or sent != held:
                return f"`{line}` registers a key that is not the device's"
    for offset in (device_key, server_key):
        written = [line for line in lines if f"-a 1 -s {offset} " in line]
        if written and not slot(offset).startswith(content(file_behind(written[-1], "-D"))):
            return f"`{written[-1]}`: the table does not hold it afterwards"
    changed = [name for name, was in trial.mine.items() if content(name) != was]
    return f"files of the owner's were changed: {changed}" if changed else None


def unseen_change(trial, flash, second):
    """What was written and does not show where the closing line compares the pairs; None where all shows."""
    compare = next((line for line in trial.closing() if line.startswith("photopsy diff ")), None)
    if not compare:
        return None
    done = subprocess.run([PHOTOPSY, *shlex.split(compare)[1:], "--format", "json"], cwd=trial.folder, capture_output=True, text=True, env=ENVIRONMENT)
    rows = [int(row["address"], 16) for row in json.loads(done.stdout)["bytes"] if row["different"]] if done.returncode in (0, 1) else []
    for name, before, after, shows in (("internal", trial.flash, flash, any(row >= 0x08000000 for row in rows)),
                                       ("second", trial.second, second, any(row < 0x08000000 for row in rows))):
        if shows != (before != after):
            return f"`{compare}` (exit {done.returncode}): the {name} flash {'changed' if before != after else 'did not change'}: {done.stderr}{done.stdout[-300:]}"
    return None


def judge(trial, remedies, cured):
    """Types the lines of `remedies`; the causes `cured` must be gone. (why not or None, outcome afterwards)"""
    trouble, lines, flash, second = trial.session(remedies)
    trouble = trouble or unseen_change(trial, flash, second)
    if trouble:
        return trouble, ""
    for line in lines:
        if re.match(r"openocd|particle flash", line):
            flash = put_by_hand(line, flash, trial.folder)
    path = trial.folder.parent / "after-all.bin"
    path.write_bytes(flash)
    beside = trial.folder.parent / "after-all-2.bin"
    beside.write_bytes(second)
    after = report(path, trial.folder.parent, beside if second else None)
    broken = broken_promise(trial, lines, flash, second, after)
    # Of two whole keys each may be the one on record: that another was there before stays possible, whichever was written.
    left = [cause["id"] for cause in after["causes"] if (cause["id"], cause["confidence"]) != ("private-key-regenerated", "possible")]
    outcome = after["verdict"]["outcome"]
    if not broken and set(cured) & set(left):
        broken = f"still there: {', '.join(set(cured) & set(left))} ({outcome})"
    if not broken and GRAVITY.index(outcome) > GRAVITY.index(trial.before):
        broken = f"worse than before: {outcome} with {', '.join(left)}"
    return broken, outcome


def cures(lines):
    """Whether lines like these change the flash, all by what is here."""
    return any(" -D " in line or "write_image" in line or "particle flash" in line for line in lines) and not any(map(ONLY_ELSEWHERE.match, lines))


def sessions_of(trial):
    """(name, remedies, causes that must be gone) of the plan and of each other way."""
    causes = {cause["id"]: cause for cause in trial.report["causes"]}
    plan = [(step["cause"], causes[step["cause"]]["remedies"][step["remedy"]]) for step in trial.report["plan"]]
    by_start = {name for name, cause in causes.items() if any(remedy["title"] == "Start the device normally" for remedy in cause["remedies"])}  # no line
    own = {name: [line for remedy in cause["remedies"] if not remedy.get("other_way") for line in remedy["commands"]] for name, cause in causes.items()}
    if any(remedy["commands"] for _, remedy in plan):
        yield "plan", [remedy for _, remedy in plan], [name for name, lines in own.items() if cures(lines) and name not in LOOKS_ALIKE | by_start]
    for name, cause in causes.items():
        for number, remedy in enumerate(cause["remedies"]):
            if not remedy.get("other_way") or not remedy["commands"]:
                continue
            needed = [other for other in cause["remedies"][:number] if other["title"] == "Repair the system parts first"]
            yield f"{name}, step {number + 1}", [*needed, remedy], [name] if cures(remedy["commands"]) else []


def try_all(kind, dumps, healthy, firmware, path, least):
    """`dumps`: names, and what puts the dump into a file. True where nothing failed and enough was typed."""
    typed = failed = sessions = 0
    for name, put in dumps:
        if not WANTED.search(name):
            continue
        number = 0
        while True:  # each session begins in a folder as the report found it
            with tempfile.TemporaryDirectory(prefix="photopsy-remedy-") as folder:
                folder = pathlib.Path(folder) / "kitchen"
                folder.mkdir()
                trial = Trial(folder, put, healthy, firmware, path)
                todo = list(sessions_of(trial))
                if number >= len(todo) or trial.device not in KEY_PLACES:
                    break
                title, remedies, cured = todo[number]
                broken, outcome = judge(trial, remedies, cured)
            sessions += 1
            typed += sum(len(remedy["commands"]) for remedy in remedies)
            failed += bool(broken)
            if broken or WANTED.pattern != ".":
                print(f"{'FAILED' if broken else 'good':6} {name} ({title}): {broken or outcome}")
            number += 1
    print(f"{kind}: {sessions} sessions, {typed} lines typed, {failed} failed")
    enough = WANTED.pattern != "." or typed >= least
    if not enough:
        print(f"{kind}: fewer than {least} lines: is the report without commands?")
    return enough and not failed


def spread(items, every):
    return items if FULL or WANTED.pattern != "." else items[::every]


def unpack(archive, folder):
    folder.mkdir()
    subprocess.run(f"zstd -dc --long=27 {shlex.quote(str(archive))} | tar x -C {shlex.quote(str(folder))}", shell=True, check=True)
    return folder


def put_labelled(dump, target):
    """The dump, and beside it that of the second flash where the archive has one."""
    shutil.copy(dump, target)
    second = dump.with_name(dump.name.replace(".internal.", ".spi."))
    if second != dump:
        shutil.copy(second, target.with_name(target.name + ".external"))


def main():
    with tempfile.TemporaryDirectory(prefix="photopsy-remedies-") as top:
        top = pathlib.Path(top)
        path, generator = tools(top / "tools"), Generator(MAKER, top)
        sound = lambda device: generator.flash(device if device in KEY_PLACES else "photon", "0.7.0" if device == "core" else "1.5.2")
        recipes = sorted(SAMPLES.glob("*/recipe.toml"))
        samples = [(recipe.parent.name, lambda target, recipe=recipe: make_sample(MAKER, recipe, target)) for recipe in recipes]
        good = try_all("samples", spread(samples, 5), sound, generator, path, 12)
        if not (DUMPS.exists() and FIRMWARE.exists() and shutil.which("zstd")):
            print("labelled dumps are not tried: no shared dumps and firmware (or no zstd) here")
            return good
        dumps, archive = unpack(DUMPS, top / "dumps"), Archive(unpack(FIRMWARE, top / "firmware"))
        pairs = unpack(PAIRS, top / "pairs") if PAIRS.exists() else top / "none"
        named = [dump for folder in (dumps, pairs) for dump in sorted(folder.glob("**/*.bin")) if not dump.name.endswith(".spi.bin")]
        labelled = [(dump.name, lambda target, dump=dump: put_labelled(dump, target)) for dump in named]
        return try_all("labelled dumps", spread(labelled, 16), sound, archive, path, 5) and good


sys.exit(0 if main() else 1)
