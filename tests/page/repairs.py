"""Repairs for the page to carry out, and what the program leaves of the same devices. page.py asks for them; repair.js carries them out in a browser."""
import hashlib
import json
import os
import pathlib
import subprocess
import zipfile

KINDS = {"photon": 0, "p1": 1, "core": 2, "electron": 3}


def life(release, *more, damage="", device="photon"):
    """A device that left the factory with this release, and what happened to it then."""
    table = f', {{ act = "factory-table", release = "{release}", version_string = "x" }}' if device == "photon" else ""
    acts = ", ".join([f'{{ act = "install-release", release = "{release}" }}{table}, {{ act = "provision" }}', *more])
    return f'title = "a device"\ndevice = "{device}"\nseed = 7\nlife = [ {acts} ]\n' + (f"damage = [ {damage} ]\n" if damage else "")


ZEROED = '{{ act = "fill", at = "{}+0x8000", length = 4096, value = 0 }}'
FACTORY = ('{ act = "install", module = "user", release = "0.6.3", at = "factory" }', '{ act = "install", module = "user", release = "0.6.3", version = 9 }')
ERASED_SERVER = '{ act = "write", field = "server_public_key", fill = 0xFF, length = 294 }'
OTHER_APPLICATION = '{ act = "install", module = "user", release = "1.5.2", version = 12 }'

# recipe: the name of a sample, or a text. gives: the recipe of a dump whose modules are given as firmware. consents: how many boxes must be ticked. makes: the
# page makes a new key. outcome: of the verdict at the end, where it is not "Healthy" (the cloud does not know the new key yet). cut: interruptions are tried. lost: it is started in between, when the bootloader restores the factory's application.
STORIES = [
    {"name": "mixed-key", "recipe": "mixed-key", "cut": True},
    {"name": "part2-bit-error", "recipe": "part2-bit-error", "cut": True},
    {"name": "a-block-zeroed", "recipe": life("1.5.2", damage=ZEROED.format("system-part2")), "gives": life("1.5.2"), "cut": True},
    {"name": "erased-server-key-1.5", "recipe": "erased-server-key-1.5"},
    {"name": "a-module-missing", "recipe": life("0.6.3", damage='{ act = "fill", at = "system-part2", length = 0x40000, value = 255 }'), "gives": life("0.6.3"), "consents": 1, "cut": True},
    {"name": "electron-first-writer", "device": "electron", "recipe": "electron-number-bit-error", "cut": True},
    {"name": "electron-second-writer", "device": "electron", "recipe": "electron-bootloader-blanks-store"},
    {"name": "electron-third-writer", "device": "electron", "recipe": "electron-key-erased", "cut": True},
    {"name": "core-keys", "device": "core", "recipe": "core-key-bit-error", "cut": True},
    {"name": "core-firmware", "device": "core", "recipe": "core-firmware-bit-error"},
    {"name": "another-server", "recipe": "wrong-server-key", "consents": 1, "cut": True},
    {"name": "another-application", "recipe": life("1.5.2", damage=ZEROED.format("user").replace("8000", "400").replace("4096", "64")), "gives": life("1.5.2", OTHER_APPLICATION), "consents": 1},
    {"name": "a-newer-system", "recipe": life("0.6.2", '{ act = "install", module = "user", release = "0.6.3" }'), "gives": life("0.6.3"), "consents": 4},
    {"name": "a-new-key", "recipe": life("0.6.3", damage='{ act = "fill", at = "dct.device_private_key", length = 612, value = 255 }'), "makes": True, "consents": 1, "outcome": "Attention"},
    {"name": "core-new-key", "device": "core", "recipe": "core-blank-serial-flash", "makes": True, "consents": 1},
    {"name": "reset-between", "recipe": life("1.2.1", ERASED_SERVER, damage=ZEROED.format("system-part2")), "gives": life("1.2.1"), "resets": True, "cut": True},
    {"name": "application-lost", "recipe": life("0.6.3", *FACTORY, damage=ZEROED.format("system-part1")), "gives": life("0.6.3", *FACTORY), "lost": True},
]


class Native:
    """The program, and the emulated device before it."""

    def __init__(self, photopsy, make_sample, emulator, samples):
        self.photopsy, self.make_sample, self.emulator, self.samples = photopsy, make_sample, emulator, samples
        self.environment = {**os.environ, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}

    def run(self, place, *words, good=(0,)):
        done = subprocess.run(words, cwd=place, capture_output=True, text=True, env=self.environment, check=False)
        assert done.returncode in good, (place, words, done.returncode, done.stdout[-600:], done.stderr[-600:])
        return done

    def make(self, place, recipe, name):
        path = place / (name + ".toml") if "\n" in recipe else self.samples / recipe / "recipe.toml"
        if "\n" in recipe:
            path.write_text(recipe)
        self.run(place, self.make_sample, path, "-o", name)

    def session(self, place, kind, serial, *words, flash="dump.bin", good=(0,)):
        second = (place / (flash + ".external")).exists()
        beside = ["--external", flash + ".external", "--save-external", "after.bin.external"] if second else []
        self.run(place, self.emulator, "--generation", "auto", "--kind", kind, "--serial", serial, "--flash", flash, "--save-flash", "after.bin", *beside, "--",
                 self.photopsy, "repair", *words, good=good)

    def id_in(self, place, *files):
        """The id that the device of a dump tells as its serial number."""
        told = self.run(place, self.photopsy, "analyze", *files, "--format", "json", "--show-ids", good=(0, 1))
        return json.loads(told.stdout)["device"].get("device_id") or id_left_in((place / files[0]).read_bytes()) or "3d0024000447343138333038"


def id_left_in(flash):
    """Where the table in use holds none: that of the other copy, which else would be another device's."""
    for copy in (0x4000, 0x8000):
        for application in (0x1D7C, 8):  # of a Photon's table, and of an Electron's
            told = flash[copy + application + 3618:][:12]
            if len(told) == 12 and told[-4:].isalnum() and len(set(told)) > 4:
                return told.hex()
    return ""


def external_of(place, flash="dump.bin"):
    return ["--external", flash + ".external"] if (place / (flash + ".external")).exists() else []


def consents_of(story):
    """How many words a plan asks for: the bootloaders of samples are no released files, and a Core's has none of its own."""
    return story.get("consents", 0) + (story.get("device", "photon") != "core")


def consents_in(native, place, words):
    """All that a plan asks for, said."""
    said = []
    while True:
        told = native.run(place, native.photopsy, "repair", "dump.bin", *words, *said, "--format", "json", good=(0, 1))
        more = [consent["word"] for consent in json.loads(told.stdout)["consents"] if not consent["given"]]
        if not more:
            return said, [consent["word"] for consent in json.loads(told.stdout)["consents"]]
        said += [part for word in more for part in ("--consent", word)]


def carried_out(native, place, story, serial, words):
    """By the program: the flash that it leaves, as repaired.bin."""
    native.run(place, native.photopsy, "repair", "dump.bin", *words, "-o", "plan.json")
    kind = story.get("device", "photon")
    native.session(place, kind, serial, "apply", "plan.json", "--yes", good=(3,) if story.get("resets") else (0,))
    if story.get("resets"):  # without a terminal it ends where the owner must reset the device
        for ending in ("", ".external"):
            if (place / ("after.bin" + ending)).exists():
                os.replace(place / ("after.bin" + ending), place / ("between.bin" + ending))
        native.session(place, kind, serial, "resume", "plan.json", "--yes", flash="between.bin")
    for ending in ("", ".external"):
        if (place / ("after.bin" + ending)).exists():
            os.replace(place / ("after.bin" + ending), place / ("repaired.bin" + ending))


def prepared(native, folder, story):
    place = folder / story["name"]
    place.mkdir()
    native.make(place, story["recipe"], "dump.bin")
    given = []
    if "gives" in story:
        native.make(place, story["gives"], "given.bin")
        given = ["--firmware", "given.bin"]
    serial = native.id_in(place, "dump.bin", *external_of(place))
    words = [*external_of(place), *given]
    if not story.get("makes"):
        said, asked = consents_in(native, place, words)
        assert len(asked) == consents_of(story), (story["name"], asked)
        carried_out(native, place, story, serial, [*words, *said])
    job = {key: story[key] for key in ("cut", "makes", "resets", "lost", "outcome") if key in story}
    return {**job, "story": story["name"], "serial": serial, "kind": KINDS[story.get("device", "photon")], "consents": consents_of(story), "dump": str(place / "dump.bin"),
            "second": str(place / "dump.bin.external") if external_of(place) else "", "firmware": [str(place / "given.bin")] if given else [], "repaired": str(place / "repaired.bin")}


def same_key_as_program(native, job):
    """Where the page made a key, the program writes the same one, and must leave the same flash. A sentence where it does not."""
    place = pathlib.Path(job["dump"]).parent
    story = next(each for each in STORIES if each["name"] == job["story"])
    words = [*external_of(place), "--key", "new-key.der"]
    said, _ = consents_in(native, place, words)
    carried_out(native, place, story, job["serial"], [*words, *said])
    for ending in ("", ".external"):
        page, program = place / ("page.bin" + ending), place / ("repaired.bin" + ending)
        if page.exists() and hashlib.sha256(page.read_bytes()).digest() != hashlib.sha256(program.read_bytes()).digest():
            return [f"FAILED: {job['story']}: with the same key the program leaves another flash{ending}"]
    return []


def undone_by_program(native, job):
    """The page's backup, unpacked, is what `photopsy repair undo` goes back from. A sentence where it does not."""
    place = pathlib.Path(job["dump"]).parent
    zipfile.ZipFile(place / "photopsy-repair.zip").extractall(place)
    if job.get("makes"):
        failures = same_key_as_program(native, job)
        if failures:
            return failures
    kind = next(name for name, number in KINDS.items() if number == job["kind"])
    try:
        native.session(place, kind, job["serial"], "undo", "photopsy-repair.json", "--yes", *(["--firmware", "given.bin"] if job["firmware"] else []), flash="repaired.bin", good=(0, 1, 3))
    except AssertionError as error:
        return [f"FAILED: {job['story']}: not undone from the page's backup: {error}"]
    parts = slice(0x20000, 0x100000) if job["kind"] in (0, 3) and not job.get("resets") else slice(0, 0)
    undone, before = (place / "after.bin").read_bytes(), pathlib.Path(job["dump"]).read_bytes()
    return [] if undone[parts] == before[parts] else [f"FAILED: {job['story']}: the backup does not bring back what was there"]
