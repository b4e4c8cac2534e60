#!/usr/bin/env python3
"""The real photopsy reads emulated Photons through a real libusb. Every run ends with the right bytes, or with a sentence and no file that looks whole.

  umockdev_runs.py EMULATOR PHOTOPSY [RUNS]     RUNS random runs (default 10), and the named cases;
                                                with PHOTOPSY_FULL=1 200 runs, and more of the cases

Exit status 77 where the tools are missing.
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile

from emulation import ENVIRONMENT, FULL, check, failures, run

EMULATOR, PHOTOPSY = map(os.path.abspath, sys.argv[1:3])
RUNS = int(sys.argv[3]) if len(sys.argv) > 3 else 200 if FULL else 10
GENERATIONS = ("0.4.4", "0.4.9", "0.6.1", "0.7.0")
SIZE = 0x100000
work = pathlib.Path(tempfile.mkdtemp(prefix="photopsy-dfu-"))
os.chmod(work, 0o777)  # for the runs without root's rights
flash = random.Random(6).randbytes(SIZE)
(work / "flash.bin").write_bytes(flash)
dump = work / "dump.bin"
partial = work / "dump.bin.partial"


def emulate(options, command, timeout=120):
    done = run([EMULATOR, "--flash", work / "flash.bin", *options, "--", *command], work, timeout)
    if done.returncode in (97, 98) or done.returncode >= 128:
        check(False, f"{' '.join(options)}: {done.stderr}")
    return done


# What ends by itself has all the time a loaded machine may need; what ends by a time limit gets a short one.
PATIENT = ("--timeout", "5000", "--patience", "60")
HASTY = ("--timeout", "250", "--patience", "2")


def capture(options=(), words=(), before=(), limits=PATIENT):
    return emulate(["--read-only", *options], [*before, PHOTOPSY, "capture", "-o", str(dump), *limits, *words], timeout=600)


def clean():
    for path in work.glob("dump.bin*"):
        path.unlink()


def unstable(record, offset):
    return any(int(part["address"], 16) - 0x08000000 <= offset < int(part["address"], 16) - 0x08000000 + part["length"] for part in record["unstable"])


def whole(name, done, expected=flash):
    """The run promised a dump: it is byte-equal, private, and its record fits."""
    check(done.returncode == 0, f"{name}: exit {done.returncode}: {done.stderr}")
    if not dump.exists():
        return check(False, f"{name}: no dump")
    record = json.loads((work / "dump.bin.json").read_text())
    check(dump.read_bytes() == expected, f"{name}: wrong bytes with exit status {done.returncode}")
    check(record["sha256"] == hashlib.sha256(expected).hexdigest(), f"{name}: the record's hash")
    check(dump.stat().st_mode & 0o777 == 0o600, f"{name}: file mode")
    check(not partial.exists(), f"{name}: a part is left")


def honest(name, done):
    """Any end will do but a silent wrong one; in one word, which it was."""
    if done.returncode == 0:
        whole(name, done)
        return "byte-equal"
    check(done.returncode == 3, f"{name}: exit {done.returncode}: {done.stderr}")
    check(done.stderr.startswith("photopsy: ") or "\nphotopsy: " in done.stderr, f"{name}: no sentence: {done.stderr}")
    if dump.exists():  # only bytes that are named as unstable may be wrong, or where all of it is named as unverified
        record = json.loads((work / "dump.bin.json").read_text())
        if record["reads"] == 1:
            check("read once, unverified" in done.stderr, f"{name}: an unverified dump that nobody was told of")
            return "named as unverified"
        wrong = [i for i, (a, b) in enumerate(zip(dump.read_bytes(), flash)) if a != b and not unstable(record, i)]
        check(record["unstable"] and not wrong, f"{name}: a dump in spite of failure, wrong at {wrong[:4]}")
        check("cannot be trusted" in done.stderr, f"{name}: unstable bytes that nobody was told of")
        return "named as unstable"
    if partial.exists():
        part = partial.read_bytes()
        check("kept in" in done.stderr, f"{name}: a part that nobody was told of")
        check(json.loads((work / "dump.bin.partial.json").read_text())["sha256"] == hashlib.sha256(part).hexdigest(), f"{name}: the part's record")
        return "stopped, part kept"
    check(not list(work.glob("dump.bin*")), f"{name}: something is left of a capture that failed")
    return "refused"


def fails_with(name, done, *words):
    check(done.returncode == 3, f"{name}: exit {done.returncode}, not 3")
    for word in words:
        check(word in done.stderr, f"{name}: \"{word}\" is not in: {done.stderr}")
    check(not dump.exists(), f"{name}: there is a dump")
    clean()


def case(name, options=(), words=(), limits=PATIENT):
    clean()
    return name, capture(options, words, limits=limits)


def named_cases():
    for generation in GENERATIONS:
        whole(*case(f"generation {generation}", ["--generation", generation]))
    whole(*case("P1", ["--kind", "p1"]))
    whole(*case("Core", ["--kind", "core"]), flash[:0x20000])
    if FULL:
        fails_with(*case("no answer for ever", ["--fault", "silence:40:99999"], limits=HASTY), "gives no answer")
        fails_with(*case("short for ever", ["--fault", "short:40:99999"]), "too short")
        whole(*case("two devices, one by path", ["--count", "2"], ["--path", "1-1"]))
    for state in (3, 5, 6, 9, 10, 15) if FULL else (3, 15):  # 3: another program left an erase pending, and it must not be carried out
        whole(*case(f"left in state {state}", ["--state", str(state)]))
    whole(*case("garbage descriptors", ["--garbage"]))
    whole(*case("unplugged and back", ["--fault", "unplug:300", "--replug-ms", "200"]))
    # The bus says that the device is gone just before the flash is selected: libusb 1.0.26 aborts unless it is kept from it.
    whole(*case("gone before it is selected", ["--generation", "0.7.0", "--fault", "unplug:190", "--replug-ms", "0"]))
    fails_with(*case("unplugged for good", ["--fault", "unplug:40"], limits=HASTY), "went away", "0x08028000")
    fails_with(*case("stall for ever", ["--fault", "stall:40:99999"]), "refuses to hand out", "0x08028000")
    fails_with(*case("a bad bit in the buffer", ["--fault", "flip:0:99999:700"]), "differ in many places")
    fails_with(*case("in use", ["--claim-error", "16"]), "in use by another program")
    fails_with(*case("serial mode", ["--kind", "serial-mode"]), "runs its firmware", "blinks yellow")
    fails_with(*case("two devices", ["--count", "2"]), "Several devices", "1-1", "1-2")
    whole(*case("two devices, one by serial", ["--count", "2"], ["--serial", "3031"]))
    fails_with(*case("no such serial", ["--count", "2"], ["--serial", "ffff"]), "None of the devices")
    clean()
    done = run([PHOTOPSY, "capture", "-o", dump], work)
    fails_with("nothing connected", done, "No Particle device", "cable")
    done = emulate(["--read-only"], [PHOTOPSY, "devices", "--format", "json"])
    check(json.loads(done.stdout)[0]["ready"] is True and json.loads(done.stdout)[0]["serial_is_device_id"] is True, f"devices: {done.stdout}")
    check(json.loads(emulate(["--claim-error", "16"], [PHOTOPSY, "devices", "--format", "json"]).stdout)[0]["trouble"]["id"] == "in-use", "devices: busy")


def may_drop_rights():
    return os.geteuid() == 0 and shutil.which("setpriv") is not None


def no_permission():
    if not may_drop_rights():
        return print("skipped: the case without permission needs root and setpriv")
    clean()
    fails_with("no permission", capture(["--node-mode", "444"], before=["setpriv", "--reuid", "65534", "--clear-groups"]), "no right", "udev")


def interrupted_and_resumed():
    clean()
    done = capture(["--interrupt-at", "100"])  # Ctrl-C while block 100 is on its way
    check(done.returncode == 3 and "stopped" in done.stderr and partial.exists() and not dump.exists(), f"Ctrl-C: {done.returncode} {done.stderr}")
    done = capture()
    check(done.returncode == 2 and "--resume" in done.stderr, f"a part is in the way: {done.stderr}")
    other = emulate(["--read-only", "--serial", "111111111111111111111111"], [PHOTOPSY, "capture", "-o", str(dump), "--resume"])
    check(other.returncode == 3 and "another device" in other.stderr, f"resumed on another device: {other.stderr}")
    whole("resumed", capture(words=["--resume"]))
    done = capture()
    check(done.returncode == 2 and "never overwrites" in done.stderr and dump.read_bytes() == flash, f"overwriting: {done.stderr}")
    done = emulate(["--read-only"], ["bash", "-c", f'"{PHOTOPSY}" capture -o - | cmp - "{work / "flash.bin"}"'])
    check(done.returncode == 0, f"standard output: {done.stdout} {done.stderr}")


def read_once():
    """What was read once and compared with nothing says so: on the terminal, in the record, in the report, by its status."""
    clean()
    done = capture(words=["--reads", "1", "--analyze"])
    check(done.returncode == 3 and "read once, unverified" in done.stderr and "no checksum vouches" in done.stderr, f"read once: {done.returncode} {done.stderr}")
    check("read once, unverified" in done.stdout, f"read once: not in the report: {done.stdout[:400]}")
    record = json.loads((work / "dump.bin.json").read_text()) if dump.exists() else {}
    check(record.get("verification") == "read once, unverified" and record.get("reads") == 1, f"read once: {record}")
    clean()
    (work / "erased.bin").write_bytes(b"\xff" * SIZE)
    done = run([EMULATOR, "--flash", work / "erased.bin", "--", PHOTOPSY, "capture", "-o", dump, "--reads", "1", "--no-analyze"], work)
    check(done.returncode == 0 and "read once, unverified" in done.stderr, f"read once, erased: {done.returncode} {done.stderr}")


def other_device_comes_back():
    """Bootloaders before 8 have no serial of their own: what is plugged in again, or resumed on, may be another device, and two must never be mixed."""
    other = bytearray(flash)
    for at in range(0x4000, 0xC000):
        other[at] ^= 0x5A
    (work / "other.bin").write_bytes(other)
    for reads, block in (("1", 60), ("1", 3), ("2", 100), ("2", 300)) if FULL else (("1", 60), ("2", 300)):
        clean()
        swap = ["--generation", "0.4.9", "--fault", f"unplug:{block}", "--replug-ms", "50", "--other-flash", str(work / "other.bin")]
        done = capture(swap, ["--reads", reads])
        name = f"another device at block {block} of {reads} reads"
        if dump.exists():
            check(dump.read_bytes() == other, f"{name}: two devices in one dump")
        else:
            check(done.returncode == 3 and "another device" in done.stderr, f"{name}: {done.returncode} {done.stderr}")
    for reads in ("1", "2"):
        clean()
        done = capture(["--generation", "0.4.9", "--interrupt-at", "100"], ["--reads", reads])
        check(partial.exists(), f"interrupted: {done.stderr}")
        done = run([EMULATOR, "--read-only", "--generation", "0.4.9", "--flash", work / "other.bin", "--", PHOTOPSY, "capture", "-o", dump, "--resume", "--reads", reads], work)
        check(done.returncode == 3 and "another device" in done.stderr and not dump.exists(), f"resumed on another old device: {done.returncode} {done.stderr}")
        done = capture(["--generation", "0.4.9"], ["--resume", "--reads", reads])
        check(dump.exists() and dump.read_bytes() == flash, f"resumed on the same old device: {done.returncode} {done.stderr}")


def disk_full():
    """Room for half the flash: what was read is kept as far as it fits, and no record stands without its bytes."""
    clean()
    limited = ["bash", "-c", 'trap "" XFSZ; ulimit -f 600; exec "$@"', "limited"]
    done = capture(before=limited)
    check(done.returncode == 2 and "cannot write" in done.stderr, f"full disk: {done.returncode} {done.stderr}")
    left = sorted(path.name for path in work.glob("dump.bin*"))
    check(left == ["dump.bin.partial", "dump.bin.partial.json"], f"full disk: {left}")
    if partial.exists():
        check(0 < partial.stat().st_size <= 600 * 1024 and flash.startswith(partial.read_bytes()), "full disk: the part")
        whole("resumed after a full disk", capture(words=["--resume"]))


def dfu_util_agrees():
    tool = shutil.which("dfu-util")
    if not tool:
        return print("skipped: dfu-util is not installed")
    for generation in GENERATIONS:
        clean()
        done = emulate(["--generation", generation], [tool, "-d", "2b04:d006", "-a", "0", "-s", "0x8000000:0x100000", "-U", str(dump)])
        check(done.returncode == 0 and dump.read_bytes() == flash, f"dfu-util on {generation}: {done.stderr}")


def random_scene(source):
    """A device, what happens to it, how photopsy is called: options of the emulator, words of the command, words before it, what it is called."""
    options = ["--generation", source.choice(GENERATIONS), "--kind", source.choice(["photon", "photon", "photon", "p1"])]
    words, before, names = [], [], []
    if source.random() < 0.3:
        options += ["--state", str(source.randrange(17))]
        names.append("odd state")
    if source.random() < 0.1:
        options += ["--garbage"]
        names.append("garbage descriptors")
    if source.random() < 0.06:
        options += ["--claim-error", "16"]
        names.append("in use")
    if source.random() < 0.1:
        options += ["--count", "2"]
        words += source.choice([[], ["--path", "1-2"]])
        names.append("two devices")
    if source.random() < 0.06 and may_drop_rights():
        options += ["--node-mode", "444"]
        before = ["setpriv", "--reuid", "65534", "--clear-groups"]
        names.append("no permission")
    words += source.choice([[], [], ["--reads", "1"], ["--reads", "3"]])
    for _ in range(source.choice([0, 1, 1, 2, 3])):
        names.append(add_fault(source, options))
    return options, words, before, names or ["nothing"]


def add_fault(source, options):
    kind = source.choice(["stall", "silence", "short", "flip", "noise", "break", "unplug"])
    if kind == "noise":  # one byte of a block of the flash comes out differently each time
        options += ["--fault", f"noise:0:{source.choice([1, 2])}:{0x08000000 + 4096 * source.randrange(256)}"]
    elif kind == "unplug":
        options += ["--fault", f"unplug:{source.randrange(520)}"] + source.choice([[], ["--replug-ms", str(source.choice([0, 50, 400]))]])
    else:
        count = source.choice([1, 1, 2, 5, 99999])
        options += ["--fault", f"{kind}{source.choice(['', '+all'])}:{source.randrange(540)}:{count}:{source.randrange(4096)}"]
        return kind + (" for ever" if count == 99999 else "")
    return kind


def random_runs():
    ends, kinds = {}, {}
    for seed in range(RUNS):
        clean()
        options, words, before, names = random_scene(random.Random(seed))
        end = honest(f"run {seed} ({' '.join(options + words)})", capture(options, words, before, HASTY))
        ends[end] = ends.get(end, 0) + 1
        for name in names:
            kinds[name] = kinds.get(name, 0) + 1
    print(f"{RUNS} random runs: {ends}; what happened in them: {dict(sorted(kinds.items()))}")


signal.alarm(3600)
try:
    named_cases()
    no_permission()
    interrupted_and_resumed()
    read_once()
    other_device_comes_back()
    disk_full()
    dfu_util_agrees()
    random_runs()
finally:
    shutil.rmtree(work, ignore_errors=True)
sys.exit(1 if failures else 0)
