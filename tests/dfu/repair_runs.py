#!/usr/bin/env python3
"""The real photopsy repairs emulated Photons, Electrons and Cores through a real libusb: from a damaged flash to a healthy one, through power cuts, and never on the wrong device.

  repair_runs.py EMULATOR PHOTOPSY MAKE_SAMPLE SAMPLES

Exit status 77 where the tools are missing."""
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import time

from emulation import ENVIRONMENT, check, failures, make_sample, run

EMULATOR, PHOTOPSY, MAKER = map(os.path.abspath, sys.argv[1:4])
SAMPLES = pathlib.Path(os.path.abspath(sys.argv[4]))
top = pathlib.Path(tempfile.mkdtemp(prefix="photopsy-repair-"))
PATIENCE = ("--patience", "1")


class Device:
    """A folder with the flash of one device; each session begins with RESET with SETUP held."""

    def __init__(self, story, name=None):
        self.folder = top / (name or story)
        self.folder.mkdir()
        self.flash = make_sample(MAKER, SAMPLES / story / "recipe.toml", self.folder / "flash.bin")
        self.second = self.folder / "flash.bin.external"
        self.beside = ("--external", self.second) if self.second.exists() else ()
        self.serial = self.id_in_table()
        self.kind = story.split("-")[0] if story.startswith(("electron", "core")) else "photon"

    def id_in_table(self):
        done = run([PHOTOPSY, "analyze", "--format", "json", "--show-ids", self.flash, *self.beside], self.folder)
        return json.loads(done.stdout)["device"].get("device_id") or "3d0024000447343138333038"

    def session(self, *words, options=()):
        words = [EMULATOR, "--generation", "auto", "--kind", self.kind, "--serial", self.serial, "--flash", self.flash, "--save-flash", self.folder / "after.bin", *self.serial_flash(), *options, "--",
                 PHOTOPSY, "repair", *words]
        done = run(words, self.folder)
        shutil.move(self.folder / "after.bin", self.flash)
        if self.beside:
            shutil.move(self.folder / "second.bin", self.second)
        return done

    def serial_flash(self):
        return (*self.beside, "--save-external", self.folder / "second.bin") if self.beside else ()

    def outcome(self):
        done = run([PHOTOPSY, "analyze", "--format", "json", self.flash, *self.beside], self.folder)
        return json.loads(done.stdout)["verdict"]["outcome"]

    def word_for_bootloader(self):
        """The bootloaders of samples are no released files; a Core's has no word."""
        done = run([PHOTOPSY, "repair", self.flash, *self.beside, "--format", "json"], self.folder)
        words = [consent["word"] for consent in json.loads(done.stdout)["consents"] if consent["word"].startswith("unknown-bootloader=")]
        return [part for word in words for part in ("--consent", word)]

    def plan(self):
        done = run([PHOTOPSY, "repair", self.flash, *self.beside, *self.word_for_bootloader(), "-o", self.folder / "plan.json"], self.folder)
        check(done.returncode == 0, f"{self.folder.name}: no plan: {done.stdout[-300:]} {done.stderr}")
        return json.loads((self.folder / "plan.json").read_text())


def whole_story(story, outcome="healthy"):
    device = Device(story)
    device.plan()
    before = device.flash.read_bytes()
    done = device.session("apply", "plan.json", "--yes", "--width", "60", "--ascii")
    check(all(len(line) <= 60 for line in done.stdout.splitlines() if " " in line.strip() and "--consent" not in line) and done.stdout.isascii(), f"{story}: wider than 60 columns")
    check(done.returncode == 0, f"{story}: apply ended with {done.returncode}: {done.stderr[-400:]}")
    check(device.outcome() == outcome, f"{story}: {device.outcome()} afterwards")
    for name in ("plan.json", "plan.backup.bin", "plan.backup.bin.json", "plan.journal"):
        check(stat.S_IMODE((device.folder / name).stat().st_mode) == 0o600, f"{story}: {name} can be read by others")
    check((device.folder / "plan.backup.bin").read_bytes() == before, f"{story}: the backup is not the flash from before")
    check(device.session("verify", "plan.json").returncode == 0, f"{story}: verify")
    again = device.session("apply", "plan.json", "--yes")
    check(again.returncode == 2 and "resume" in again.stderr, f"{story}: a plan that was begun is not begun again")
    repaired = device.flash.read_bytes()
    undone = device.session("undo", "plan.json", "--yes")
    check(undone.returncode in (0, 1), f"{story}: undo ended with {undone.returncode}: {undone.stderr[-300:]}")
    check(device.outcome() != "healthy", f"{story}: undone, it is as it was")
    kept = [path for path in device.folder.glob("plan.backup.undo-*.bin") if not path.name.endswith("-external.bin")]
    check([path.read_bytes() for path in kept] == [repaired], f"{story}: no backup of what the undoing has replaced: {kept}")


def in_one_go():
    device = Device("part2-bit-error", "one-go")
    before = device.flash.read_bytes()
    done = device.session("--device", "--apply", "--yes")
    check(done.returncode == 2 and "advice only" in done.stderr and device.flash.read_bytes() == before, f"in one go, no released bootloader: {done.returncode} {done.stderr}")
    done = device.session("--device", "--apply", "--yes", *device.word_for_bootloader())
    check(done.returncode == 0 and "Verdict now: healthy" in done.stdout, f"in one go: {done.returncode} {done.stderr[-300:]}")
    check("breathe cyan" in done.stdout, "in one go: the owner is told what to look for")
    device = Device("part2-bit-error", "not-asked")
    asked = device.session("--device", "--apply", *device.word_for_bootloader())
    check(asked.returncode == 2 and "--yes" in asked.stderr, "without a terminal nothing is written unasked")


def cut_and_resumed(story, operation):
    device = Device(story, f"cut-{story}-{operation}")
    device.plan()
    cut = device.session("apply", "plan.json", "--yes", *PATIENCE, options=("--cut-at", operation))
    check(cut.returncode == 3, f"{story} cut in {operation}: exit {cut.returncode}: {cut.stderr[-300:]}")
    resumed = device.session("resume", "plan.json", "--yes")
    check(resumed.returncode == 0, f"{story} cut in {operation}: resume ended with {resumed.returncode}: {resumed.stderr[-300:]}")
    check(device.outcome() == "healthy", f"{story} cut in {operation}: {device.outcome()}")


def refusals():
    device, other = Device("part2-bit-error", "refused"), Device("erased-key", "other")
    plan = device.plan()
    shutil.copy(device.folder / "plan.json", other.folder / "plan.json")
    done = other.session("apply", "plan.json", "--yes")
    check(done.returncode == 2 and "nothing was written" in done.stderr, f"another device: {done.returncode} {done.stderr}")
    edited = device.folder / "edited.json"
    plan["steps"][0]["where"]["address"] = "0x080a0000"
    edited.write_text(json.dumps(plan))
    done = device.session("apply", "edited.json", "--yes")
    check(done.returncode == 2 and "edited" in done.stderr, f"edited by hand: {done.returncode} {done.stderr}")
    newer = bytearray(device.flash.read_bytes())
    newer[0xA0100] ^= 1
    kept = device.flash.read_bytes()
    device.flash.write_bytes(newer)
    done = device.session("apply", "plan.json", "--yes")
    check(done.returncode == 2 and "written to it since" in done.stderr, f"an older dump: {done.returncode} {done.stderr}")
    check(device.flash.read_bytes() == bytes(newer), "refused, and yet something was written")
    device.flash.write_bytes(kept)
    done = device.session("apply", "plan.json", "--yes", "--reads", "1")
    check(done.returncode == 2 and "at least twice" in done.stderr and device.flash.read_bytes() == kept, f"read once: {done.returncode} {done.stderr}")
    p1 = Device("healthy-p1", "p1")
    shutil.copy(device.folder / "plan.json", p1.folder / "plan.json")
    done = p1.session("apply", "plan.json", "--yes", options=("--kind", "p1"))
    check(done.returncode == 2 and "another kind of device" in done.stderr, f"a P1: {done.returncode} {done.stderr}")
    (device.folder / "plan.journal").mkdir()
    done = device.session("apply", "plan.json", "--yes")
    check(done.returncode == 2 and device.flash.read_bytes() == kept, f"no journal: {done.returncode} {done.stderr}")


def full_disk():
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", top / "mnt"], capture_output=True).returncode:
        return
    try:
        device = Device("part2-bit-error", "full")
        device.plan()
        shutil.copy(device.folder / "plan.json", top / "mnt/plan.json")
        kept = device.flash.read_bytes()
        done = device.session("apply", top / "mnt/plan.json", "--yes")
        check(done.returncode == 2 and "nothing was written" in done.stderr, f"full disk: {done.returncode} {done.stderr}")
        check(device.flash.read_bytes() == kept, "full disk: something was written")
        check(sorted(path.name for path in (top / "mnt").iterdir()) == ["plan.json"], "full disk: something was left")
    finally:
        subprocess.run(["umount", top / "mnt"])


def no_room_for_the_journal():
    """The backup fits, the journal does not: nothing is written, and resume goes on once there is room. A lost or torn journal stands in nobody's way either."""
    if os.geteuid() != 0:
        return
    page = 4096
    device = Device("part2-bit-error", "no-journal")
    device.plan()
    kept = device.flash.read_bytes()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={len(kept) + 3 * page}", "none", top / "mnt"], capture_output=True).returncode:
        return
    try:
        shutil.copy(device.folder / "plan.json", top / "mnt/plan.json")
        plan = top / "mnt/plan.json"
        check(plan.stat().st_size <= page, "the plan fits into one page")
        done = device.session("apply", plan, "--yes")
        check(done.returncode == 2 and "nothing was written" in done.stderr.lower(), f"no room for the journal: {done.returncode} {done.stderr}")
        check(device.flash.read_bytes() == kept and (top / "mnt/plan.backup.bin").exists(), f"no room for the journal: {done.stderr}")
        subprocess.run(["mount", "-o", "remount,size=4m", top / "mnt"], check=True)
        done = device.session("resume", plan, "--yes")
        check(done.returncode == 0 and device.outcome() == "healthy", f"resumed where there is room: {done.returncode} {done.stderr}")
        for torn in (None, b"", (top / "mnt/plan.journal").read_bytes()[:40]):
            device.flash.write_bytes(kept)
            (top / "mnt/plan.journal").unlink()
            if torn is not None:
                (top / "mnt/plan.journal").write_bytes(torn)
            done = device.session("resume", plan, "--yes")
            check(done.returncode == 0 and device.outcome() == "healthy", f"journal {torn}: {done.returncode} {done.stderr}")
        (top / "mnt/plan.journal").unlink()
        (top / "mnt/plan.backup.bin").unlink()
        done = device.session("resume", plan, "--yes")
        check(done.returncode == 2 and "was not begun here" in done.stderr, f"no backup: {done.returncode} {done.stderr}")
        device.flash.write_bytes(kept)
        subprocess.run(["mount", "-o", "remount,ro", top / "mnt"], check=True)
        done = device.session("apply", plan, "--yes")
        check(done.returncode == 2 and "nothing was written" in done.stderr, f"a folder that cannot be written: {done.returncode} {done.stderr}")
        check(device.flash.read_bytes() == kept, "a folder that cannot be written, and yet something was sent")
        subprocess.run(["mount", "-o", "remount,rw", top / "mnt"], check=True)
        done = device.session("apply", plan, "--yes")  # the record alone is what a run that was killed leaves
        check(done.returncode == 0 and device.outcome() == "healthy", f"begun anew over a record without its backup: {done.returncode} {done.stderr}")
    finally:
        subprocess.run(["umount", top / "mnt"])


def as_dfu_util_reads_it():
    """What was written is what Debian's dfu-util reads; and one flipped bit takes photopsy much less than dfu-util takes for the whole module."""
    if not shutil.which("dfu-util"):
        return
    device = Device("part2-bit-error", "dfu-util")
    device.plan()
    device.session("apply", "plan.json", "--yes")
    read = device.folder / "read.bin"
    run([EMULATOR, "--generation", "auto", "--flash", device.flash, "--", "dfu-util", "-d", "2b04:d006", "-a", "0", "-s", "0x08060000:0x40000", "-U", read], device.folder)
    check(read.read_bytes() == device.flash.read_bytes()[0x60000:0xA0000], "dfu-util reads other bytes than were written")


(top / "mnt").mkdir()
started = time.monotonic()
whole_story("erased-key")
whole_story("part2-bit-error")
whole_story("mixed-key")
whole_story("electron-key-erased")
whole_story("electron-switched-to-tcp")
whole_story("core-key-bit-error")
cut_and_resumed("electron-key-erased", 900)
in_one_go()
for operation in (0, 700, 4000):
    cut_and_resumed("erased-key", operation)
cut_and_resumed("part2-bit-error", 0)
cut_and_resumed("mixed-key", 5)
refusals()
full_disk()
no_room_for_the_journal()
as_dfu_util_reads_it()
shutil.rmtree(top)
print(f"{len(failures)} failed, {time.monotonic() - started:.0f} s")
sys.exit(1 if failures else 0)
