#!/usr/bin/env python3
"""The dialogue of a repair as its owner sees it: the real program in a pseudo-terminal, beside an emulated device. Each question with yes, no, a wrong answer,
Ctrl-C and the end of input; what is written then, what is said, and the exit status.   terminal_repair.py EMULATOR PHOTOPSY MAKE_SAMPLE SAMPLES [SHARED]"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli/terminal"))
from emulation import FULL, check, failures, make_sample, run  # noqa: E402
from pseudo_terminal import Terminal  # noqa: E402

EMULATOR, PHOTOPSY, MAKER, SAMPLES = map(os.path.abspath, sys.argv[1:5])
SHARED = pathlib.Path(sys.argv[5]) if len(sys.argv) > 5 else None
SANITIZED = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0"}
QUESTION, AGAIN, BLINKS = b"(y or n)", b"Please answer y or n.", b"Press Enter when it blinks yellow."
CTRL_C, CTRL_D = "\x03", "\x04"
REFUSALS = [("no", (QUESTION, "n\n")), ("Ctrl-C", (QUESTION, CTRL_C)), ("end of input", (QUESTION, CTRL_D)), ("a wrong answer, then no", (QUESTION, "perhaps\n"), (AGAIN, "NO\n"), (AGAIN, "no\n")),
            ("a wrong answer, then Ctrl-C", (QUESTION, "\n"), (AGAIN, CTRL_C))]
top = pathlib.Path(tempfile.mkdtemp(prefix="photopsy-asked-"))


def recipe(release, *acts, damage=""):
    life = [f'{{ act = "install-release", release = "{release}" }}', *acts, f'{{ act = "factory-table", release = "{release}", version_string = "x" }}', '{ act = "provision" }']
    return f'title = "a"\ndevice = "photon"\nseed = 1\nlife = [ {", ".join(life)} ]\n' + (f"damage = [ {damage} ]\n" if damage else "")


class Device:
    """One device from session to session: its flash, the plan for it, and whoever sits in front of it."""

    def __init__(self, name, story, given=()):
        self.folder = top / name
        self.folder.mkdir()
        self.flash = self.folder / "flash.bin"
        if isinstance(story, bytes):
            self.flash.write_bytes(story)
        elif "\n" in story:
            (self.folder / "recipe.toml").write_text(story)
            make_sample(MAKER, self.folder / "recipe.toml", self.flash)
        else:
            make_sample(MAKER, f"{SAMPLES}/{story}/recipe.toml", self.flash)
        self.before = self.flash.read_bytes()
        told = json.loads(run([PHOTOPSY, "analyze", self.flash, "--format", "json", "--show-ids"], self.folder).stdout)["device"].get("device_id", "")
        self.serial = told if len(told) == 24 else "3d0024000447343138333038"
        self.words = self.agreed([*given])

    def agreed(self, said):
        """What a plan asks for, said."""
        while True:
            told = json.loads(run([PHOTOPSY, "repair", self.flash, *said, "--format", "json"], self.folder).stdout)
            more = [consent["word"] for consent in told["consents"] if not consent["given"]]
            if not more:
                return said
            said += [part for word in more for part in ("--consent", word)]

    def plan(self):
        done = run([PHOTOPSY, "repair", self.flash, *self.words, "-o", self.folder / "plan.json"], self.folder)
        check(done.returncode == 0, f"{self.folder.name}: no plan: {done.stdout[-400:]} {done.stderr}")
        return self

    def is_untouched(self):
        return self.flash.read_bytes() == self.before and sorted(path.name for path in self.folder.glob("plan.*")) in ([], ["plan.json"])

    def outcome(self):
        return json.loads(run([PHOTOPSY, "analyze", self.flash, "--format", "json"], self.folder).stdout)["verdict"]["outcome"]

    def talk(self, words, answers, options=()):
        """Runs `repair WORDS` and answers: pairs of what is waited for and what is done then, a text to type or a signal for the device. (screen, exit status)"""
        quiet = ["/bin/sh", "-c", 'trap "" USR2; exec "$@"', "sh"]  # the device answers a signal with one
        device = [EMULATOR, "--generation", "auto", "--serial", self.serial, "--flash", str(self.flash), "--save-flash", str(self.folder / "after.bin"), *options]
        terminal = Terminal([*device, "--", *quiet, PHOTOPSY, "repair", *map(str, words)], 80, directory=self.folder, LANG="C.UTF-8", TERM="dumb", **SANITIZED)
        for text, act in answers:
            if not terminal.read(until=text):
                check(False, f"{self.folder.name}: never asked {text!r}: {terminal.said[-600:]!r}")
                terminal.end()
                return terminal.said.decode("utf-8", "replace"), None
            terminal.said = terminal.said.replace(text, b"<asked>")
            for each in act if isinstance(act, tuple) else (act,):
                if isinstance(each, signal.Signals):
                    os.kill(terminal.process, each)
                    time.sleep(0.3)
                else:
                    terminal.type(each)
        terminal.read()
        status = terminal.status()
        shutil.move(self.folder / "after.bin", self.flash)
        return re.sub(r"\r", "", terminal.said.decode("utf-8", "replace")), status


def holds(name, ended, status, *texts):
    screen, got = ended
    check(got == status, f"{name}: exit status {got}, not {status}: {screen[-500:]}")
    flat = " ".join(screen.split())
    for text in texts:
        check(text in flat, f"{name}: does not say {text!r}: {screen[-900:]}")


def the_question():
    for words, name in ((["apply", "plan.json"], "apply"), (["--device", "--apply", "-o", "plan.json"], "in one go")):
        device = Device(f"question-{name}", "part2-bit-error")
        if words[0] == "apply":
            device.plan()
        else:
            words += device.words
        for what, *answers in REFUSALS if name == "apply" or FULL else REFUSALS[:1]:
            holds(f"{name}, {what}", device.talk(words, answers), 2, "not agreed to; nothing was written")
            check(device.is_untouched(), f"{name}, {what}: something was written: {sorted(device.folder.iterdir())}")
        holds(f"{name}, yes", device.talk(words, [(QUESTION, "well\n"), (AGAIN, "yes\n")]), 0, "Backup: plan.backup.bin", "Step 1 of", "Verdict now: healthy", "Tap RESET")
        check(device.outcome() == "healthy", f"{name}, yes: {device.outcome()}")
    plan = ["undo", "plan.json"]
    holds("undo, no", device.talk(plan, [(QUESTION, "n\n")]), 2, "not agreed to; nothing was written")
    check(device.outcome() == "healthy" and not list(device.folder.glob("*undo*")), "undo, no: something was written")
    holds("undo, yes", device.talk(plan, [(QUESTION, "y\n")]), 1, "Backup: plan.backup.undo-", "Verdict now:")
    check(device.flash.read_bytes() == device.before, "undo, yes: it is not as it was")


def a_cut_and_its_resume():
    device = Device("resume", "part2-bit-error").plan()
    holds("cut", device.talk(["apply", "plan.json", "--patience", "1"], [(QUESTION, "y\n")], ("--cut-at", "0")), 3, "photopsy repair resume")
    cut = device.flash.read_bytes()
    for what, *answers in REFUSALS if FULL else REFUSALS[1:2]:
        holds(f"resume, {what}", device.talk(["resume", "plan.json"], answers), 2, "not agreed to; nothing was written")
        check(device.flash.read_bytes() == cut, f"resume, {what}: something was written")
    holds("resume, yes", device.talk(["resume", "plan.json"], [(QUESTION, "y\n")]), 0, "Verdict now: healthy")
    holds("verify", device.talk(["verify", "plan.json"], []), 0, "The device holds what the plan makes.")


def ctrl_c_between_steps():
    """The first asks the run to end before its next step."""
    device = Device("stopped", recipe("1.5.2", damage='{ act = "fill", at = "system-part2+0x8000", length = 4096, value = 0 }, { act = "fill", at = "system-part2+0x28000", length = 4096, value = 0 }'), ["--firmware", healthy("1.5.2")]).plan()
    ended = device.talk(["apply", "plan.json"], [(QUESTION, "y\n"), (b"Step 1 of", CTRL_C)])
    if ended[1] == 0:
        return  # it was quicker than the key
    holds("Ctrl-C in a step", ended, 3, "stopped between two steps", "photopsy repair resume goes on")
    holds("Ctrl-C in a step, resume", device.talk(["resume", "plan.json"], [(QUESTION, "y\n")]), 0, "Verdict now: healthy")


def healthy(release, *acts):
    path = top / f"healthy-{release}-{len(acts)}.bin"
    if not path.exists():
        text = path.with_suffix(".toml")
        text.write_text(recipe(release, *acts))
        make_sample(MAKER, text, path)
    return path


def a_reset_between():
    """Bootloader 311: parts first, then RESET with SETUP held, then the table; the older copy keeps the flipped bit."""
    story = recipe("1.2.1", '{ act = "factory-table", release = "1.2.1", version_string = "y" }',
                   damage='{ act = "fill", at = "system-part2+0x8000", length = 4096, value = 0 }, { act = "flip", at = "dct.device_private_key+0x60", bit = 1 }')
    given = ["--firmware", healthy("1.2.1")]
    for what, answer in (("Ctrl-C", CTRL_C), ("end of input", CTRL_D))[0 if FULL else 1:]:
        device = Device(f"reset-{what}", story, given).plan()
        holds(f"reset, {what}", device.talk(["apply", "plan.json"], [(QUESTION, "y\n"), (BLINKS, answer)]), 3, "was not reset into DFU mode", "photopsy repair resume goes on")
        holds(f"reset, {what}, resume", device.talk(["resume", "plan.json"], [(QUESTION, "y\n"), (BLINKS, (signal.SIGUSR1, "\n"))]), 0, "Verdict now: attention")
    device = Device("reset-done", story, given).plan()
    holds("reset, done", device.talk(["apply", "plan.json"], [(QUESTION, "y\n"), (BLINKS, (signal.SIGUSR1, "\n"))]), 0, "hold SETUP, tap RESET", "Verdict now: attention")
    device = Device("reset-started", story, given).plan()
    ended = device.talk(["apply", "plan.json"], [(QUESTION, "y\n"), (BLINKS, (signal.SIGUSR2, "\n"))])
    check(ended[1] in (0, 3) and device.outcome() in ("attention", "healthy", "cloud-fails"), f"reset, started instead: {ended[1]} {ended[0][-500:]}")


def an_application_lost_in_between():
    """A cut in part 1 and a start before the resume: the bootloader has put the factory's application over the owner's."""
    factory = '{ act = "install", module = "user", release = "0.6.3", at = "factory" }'
    own = '{ act = "install", module = "user", release = "0.6.3", version = 9 }'
    story = recipe("0.6.3", factory, own, damage='{ act = "fill", at = "system-part1+0x8000", length = 4096, value = 0 }')
    device = Device("lost", story, ["--firmware", healthy("0.6.3", factory, own)]).plan()
    holds("lost, cut", device.talk(["apply", "plan.json", "--patience", "1"], [(QUESTION, "y\n")], ("--cut-at", "3")), 3)
    holds("lost, no", device.talk(["resume", "plan.json"], [(QUESTION, "n\n")], ("--started",)), 2, "not agreed to; nothing was written")
    check(device.flash.read_bytes()[0xA0000:0xC0000] != device.before[0xA0000:0xC0000], "lost: a start does not replace the application")
    holds("lost, yes", device.talk(["resume", "plan.json"], [(QUESTION, "y\n")]), 0, "has started meanwhile. It is put back from the backup", "Verdict now: healthy")
    check(device.flash.read_bytes()[0xA0000:0xC0000] == device.before[0xA0000:0xC0000], "lost: the application is not back")


def a_start_that_installs():
    """A bootloader, which the system installs at a start that the owner is asked for. Only with real files: what is no released one is never installed."""
    files = SHARED / "corpus/firmware.tar.zst" if SHARED else None
    if not files or not files.exists() or not shutil.which("zstd"):
        print("a start that installs a bootloader is not tried: no shared firmware (or no zstd) here")
        return
    subprocess.run(f"zstd -dc --long=27 '{files}' | tar x -C '{top}'", shell=True, check=True)
    released = next(top.glob("**/photon/bootloader-v311-*.bin")).parent
    flash = bytearray(healthy("2.3.1").read_bytes())  # its table and application
    for place, size, name in ((0, 0x4000, "bootloader-v311-*"), (0x20000, 0x40000, "system-part1-2.3.1*"), (0x60000, 0x40000, "system-part2-2.3.1*")):
        module = next(released.glob(name + ".bin")).read_bytes()
        flash[place:place + size] = module + b"\xFF" * (size - len(module))
    flash, given = bytes(flash), ["--bootloader", "--firmware", next(released.glob("bootloader-v1006-*.bin"))]
    for what, answer, status, says in (("Ctrl-C", CTRL_C, 3, "was not started"), ("not started", "\n", 4, "still the old one"), ("started", (signal.SIGUSR2, "\n"), 0, "Verdict now:")):
        device = Device(f"start-{what}", flash, given).plan()
        holds(f"start, {what}", device.talk(["apply", "plan.json"], [(QUESTION, "y\n"), (BLINKS, answer)]), status, "let the device start", says)
        if status != 0:
            holds(f"start, {what}, resume", device.talk(["resume", "plan.json"], [(QUESTION, "y\n"), (BLINKS, (signal.SIGUSR2, "\n"))]), 0, "Verdict now:")


started = time.monotonic()
the_question()
a_cut_and_its_resume()
ctrl_c_between_steps()
a_reset_between()
an_application_lost_in_between()
a_start_that_installs()
shutil.rmtree(top)
print(f"{len(failures)} failed, {time.monotonic() - started:.0f} s")
sys.exit(1 if failures else 0)
