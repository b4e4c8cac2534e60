"""The files that a report's commands name and that nobody makes on the way: firmware, the owner's application, the key of the owner's server."""
import hashlib
import random
import io
import re
import struct
import tarfile

from emulation import make_sample
from key_files import pem, rsa_public

TWO_PARTS = {"bootloader": 0, "system-part1": 0x20000, "system-part2": 0x60000, "user": 0xA0000}
PLACES = {"photon": TWO_PARTS, "p1": TWO_PARTS, "core": {"monolithic": 0x5000},
          "electron": {"bootloader": 0, "system-part2": 0x20000, "system-part3": 0x40000, "system-part1": 0x60000, "user": 0x80000}}
VECTORS = {"core": 0x10C}


def module_in(flash, at, vectors=0x184):
    header = at + (vectors if flash[at + 3] == 0x20 and flash[at + 2] & 0xF1 == 0 else 0)
    start, end = struct.unpack_from("<II", flash, header)
    return flash[at:at + end - start + 4]


def start_of(module):
    header = 0x184 if module[3] == 0x20 and module[2] & 0xF1 == 0 else 0
    return struct.unpack_from("<I", module, header)[0]


class Archive:
    """Released modules by the SHA-256 that a report gives, which so is checked too; a user's own application is any good one for this device."""

    def __init__(self, folder):
        self.folder = folder
        self.by_hash = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in folder.glob("**/*.bin")}

    def module(self, file, device):
        if "sha256" in file:
            path = self.by_hash.get(file["sha256"])
        else:
            path = next(iter(sorted(self.folder.glob(f"**/{device}/{file['slot']}-{file['release']}*.bin"))), None)
        return path.read_bytes() if path else None

    def application(self, device):
        return next(iter(sorted([*self.folder.glob(f"**/{device}/user/*tinker*"), *self.folder.glob(f"**/{device}/mono-*tinker*")]))).read_bytes()


class Generator:
    """Modules of the firmware that the samples are made of."""

    def __init__(self, maker, scratch):
        self.maker, self.scratch, self.made = maker, scratch, {}

    def flash(self, device, release):
        key = (device, release)
        if key not in self.made:
            mark = ', version_string = "x"' if device in ("photon", "p1") else ""
            table = f'{{ act = "factory-table", release = "{release}"{mark} }}, ' if device != "core" else ""
            recipe = self.scratch / f"firmware-{device}-{release}.toml"
            recipe.write_text(f'title = "Firmware"\nstory = "."\ndevice = "{device}"\nseed = 1\nlife = [ {{ act = "install-release", release = "{release}" }}, {table}{{ act = "provision" }} ]\n')
            self.made[key] = make_sample(self.maker, recipe, recipe.with_suffix(".flash")).read_bytes()
        return self.made[key]

    def module(self, file, device):
        return module_in(self.flash(device, file["release"]), PLACES[device][file["slot"]], VECTORS.get(device, 0x184))

    def application(self, device):
        if device == "core":
            return self.module({"slot": "monolithic", "release": "0.7.0"}, device)
        return module_in(self.flash(device, "0.6.3"), PLACES[device]["user"])


def own_server_key():
    """No key of anybody: a number of the right size that is as odd as a modulus must be."""
    source = random.Random(7)
    while True:
        modulus = source.getrandbits(2046) | 1 << 2047 | 1
        if all(modulus % prime for prime in range(3, 2000, 2)):
            return rsa_public(modulus, 65537)


def pack(package, files, folder):
    """What `npm pack` fetches: a package that holds these files, and what it held for a remedy before. They lie nowhere else then."""
    archive = folder / (package.replace("@", "-") + ".tgz")
    members = {}
    if archive.exists():
        with tarfile.open(archive) as packed:
            members = {member.name: packed.extractfile(member).read() for member in packed}
    inside = "package/updates/" if package.startswith("particle-cli@1.") else "package/assets/updates/"
    members.update({inside + file.name: file.read_bytes() for file in files})
    with tarfile.open(archive, "w:gz") as packed:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    for file in files:
        file.unlink()


def provide(remedy, device, firmware, folder):
    """Puts what the remedy's lines read into `folder`; a sentence where a file is not to be had."""
    for file in remedy.get("files", []):
        module = firmware.module(file, device)
        if module is None:
            return f"no file for {file}"
        (folder / file["name"]).write_bytes(module)
    lines = "\n".join(remedy["commands"])
    for package in re.findall(r"^npm pack (\S+)$", lines, re.M):
        pack(package, [folder / file["name"] for file in remedy["files"] if package in file["source"]], folder)
    if "my-application.bin" in lines:
        (folder / "my-application.bin").write_bytes(firmware.application(device))
    for name in re.findall(r" -D (firmware\.bin|user\.bin)$", lines, re.M):  # the owner's: any whole one
        (folder / name).write_bytes(firmware.application(device))
    if "my-server.pub.pem" in lines:
        (folder / "my-server.pub.pem").write_bytes(pem(own_server_key()))
    return None


def put_by_hand(line, flash, folder):
    """What a debugger, the running system or the cloud would write: at the place that the module's own header names. The flash afterwards."""
    words = re.search(r"write_image erase (\S+)|particle flash (?:--serial|\S+) (\S+)", line)
    module = (folder / (words[1] or words[2])).read_bytes()
    at = start_of(module) - 0x08000000
    end = at + len(module)
    sector = next(edge for edge in (0x4000, 0x20000, 0x40000, 0x60000, 0x80000, 0xA0000, 0xC0000, 0xE0000, 0x100000) if edge >= end)
    return flash[:at] + module + b"\xff" * (sector - end) + flash[sector:]
