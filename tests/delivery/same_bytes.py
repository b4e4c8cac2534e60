#!/usr/bin/env python3
"""The same dump gives the same bytes, whichever of the built programs reads it: every sample in every form, and errors with their exit status.

  same_bytes.py NATIVE MAKE_SAMPLE REPOSITORY

Compares NATIVE with the programs that programs.py finds in REPOSITORY/build. PHOTOPSY_FULL=1: every form of every sample, and every labelled dump of the
shared material where it is there; else JSON of all samples and the other forms of each eighth. As many runs at once as there are processors. Prints what differs; exit status 1 if anything does, 77 where no other program
was built.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import programs

FORMS = ["json", "text", "markdown", "html", "csv", "junit", "ndjson"]
# Words of a command line. {sep} stands for the separator of folders that the program's system has.
ERRORS = [["no-such-file.bin"], ["."], ["note.txt"], ["--format", "nothing", "healthy.bin"], ["keys", "show", "note.txt"], ["no-such-command"], ["--versoin"],
          ["convert", "healthy.bin", "-o", "healthy.bin"], ["keys", "recover", "healthy.bin", "-o", "."], ["diff", "healthy.bin"], ["explain", "no-such-word"],
          ["explain", "private-key-mixed"], ["handshake", "healthy.bin"], ["keys", "show", "healthy.bin"], ["disasm", "healthy.bin"], ["layouts"], ["--version"], [],
          ["healthy.bin", "mixed.bin", "--format", "csv"], ["folder{sep}inside.bin", "--format", "json"], ["folder{sep}no-such.bin"], ["damaged.zip"],
          ["triage", "folder", "--format", "csv"], ["schema"], ["explain", "--all", "--markdown"], ["convert", "healthy.bin", "-o", "no-such-folder{sep}out.bin"],
          ["--layout", "note.txt", "healthy.bin"], ["healthy.bin", "--led", "3 orange", "--width", "80", "--ascii"], ["keine Küche.bin"], ["Küche mit Herd.bin", "--foramt", "json"],
          ["keys", "show", "Küche mit Herd.bin"], ["convert", "Küche mit Herd.bin", "-o", "Küche mit Herd.bin"], ["diff", "Küche mit Herd.bin", "mixed.bin"],
          ["Küche mit Herd.bin", "-o", "note.txt"], ["devices", "--udev-rule"], ["redact", "healthy.bin", "-o", "healthy.bin"], ["repair", "plan", "mixed.bin"],
          ["licenses", "no-such-word"], ["capture", "-o", "healthy.bin"], ["triage", "keine Küche"], ["explain", "keine Küche"]]
# Only where `\\` is a letter of names like any other.
BACKSLASHED = ["left\\right and Küche.bin"]


def run(program, separator, arguments, folder):
    environment = dict(os.environ, COLUMNS="", LANG="C.UTF-8", LC_ALL="C.UTF-8")
    words = [word.replace("{sep}", separator) for word in arguments]
    done = programs.ended(program + words, folder, environment)
    return done.returncode, done.stdout, done.stderr


class Native:
    """What the program of this machine says; asked once, however many are compared with it."""

    def __init__(self, program):
        self.program, self.known = [os.path.abspath(program)], {}

    def said(self, arguments, folder):
        question = (str(folder), *arguments)
        if question not in self.known:
            self.known[question] = run(self.program, "/", arguments, folder)
        return self.known[question]


class Comparison:
    """One program beside the native one."""

    def __init__(self, native, other):
        self.native, self.other = native, other
        self.windows = other[0].endswith(("wine", "wine64"))

    def in_its_words(self, text):
        """What the native program says, as it is said on the other system: the separator of a path that was typed, and the quotes of its shell."""
        if not self.windows:
            return text
        return text.replace(b"folder/", b"folder\\").replace(b"no-such-folder/", b"no-such-folder\\").replace("'Küche mit Herd".encode(), '"Küche mit Herd'.encode())

    def differences(self, question):
        folder, arguments = question
        expected = self.native.said(arguments, folder)
        found = run(self.other, "\\" if self.windows else "/", arguments, folder)
        return [f"{' '.join(self.other)} {' '.join(arguments)}: {what} differs\n{shown(one, two)}" for what, one, two in zip(("exit status", "output", "errors"), expected, found)
                if one != two and (isinstance(one, int) or self.in_its_words(one) != self.in_its_words(two))]


def shown(one, two):
    """Both sides where they part."""
    if not isinstance(one, int):
        at = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
        one, two = one[max(0, at - 80):at + 80], two[max(0, at - 80):at + 80]
    return f"  native {one!r}\n  here   {two!r}"


def make_samples(make_sample, samples, folder):
    for recipe in sorted(samples.glob("*/recipe.toml")):
        subprocess.run([os.path.abspath(make_sample), recipe, "-o", folder / f"{recipe.parent.name}.bin"], check=True, capture_output=True)
    files = sorted(path.name for path in folder.glob("*.bin"))
    healthy = (folder / "healthy-1.5.2.bin").read_bytes()
    (folder / "folder").mkdir()
    for name in ("healthy.bin", "Küche mit Herd.bin", "folder/inside.bin"):
        (folder / name).write_bytes(healthy)
    (folder / "mixed.bin").write_bytes((folder / "mixed-key.bin").read_bytes())
    (folder / "note.txt").write_text("just text\n")
    (folder / "damaged.zip").write_bytes(b"PK\3\4" + bytes(100))
    return files + ["Küche mit Herd.bin"]


def make_backslashed(samples, folder):
    """In a folder of its own: Windows would list names there that it cannot open."""
    for name in ("healthy.bin", *BACKSLASHED):
        (folder / name).write_bytes((samples / "healthy.bin").read_bytes())


def unpack_labelled_dumps(repository, folder):
    """The shared material's; none where it is not there."""
    shared = pathlib.Path(os.environ.get("PHOTOPSY_SHARED", repository / "../shared")) / "dumps"
    for archive in sorted(shared.glob("*.tar.zst")):
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", folder], check=True)


def labelled_dumps(folder):
    return sorted(path.relative_to(folder).as_posix() for path in pathlib.Path(folder).rglob("*.bin"))


def compare_module(module, native, folder):
    """The module's reports on all dumps of a folder, made in one process, beside those of the native program."""
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([*module, folder, made, *FORMS], check=True)
        for report in sorted(pathlib.Path(made).iterdir()):
            name, form = urllib.parse.unquote(report.name).rsplit(".", 1)
            count += 1
            if native.said([name, "--format", form], folder)[1] != report.read_bytes():
                wrong.append(f"the page's module differs: {name} as {form}")
    return wrong, count


def questions(files, place, apart, labelled, windows, full):
    """Folder and arguments of each run of one program."""
    for i, file in enumerate(files):
        for form in FORMS if full or i % 8 == 0 or i == len(files) - 1 else FORMS[:1]:
            yield place, [file, "--format", form]
    yield from ((place, arguments) for arguments in ERRORS)
    if not windows:
        yield from ((apart, [*command, name]) for name in BACKSLASHED for command in ([], ["keys", "show"], ["diff", "healthy.bin"]))
    if full:
        yield from ((labelled, [file, "--format", "json"]) for file in labelled_dumps(labelled))


def programs_built(repository):
    """Those of the other systems, and the page's module; what is missing is told."""
    found = [find(repository) for find in (programs.static_program, programs.aarch64_program, programs.windows_program, programs.node_program, programs.page_module)]
    for _, missing in found:
        if missing:
            print(f"not compared: {missing}")
    return [program for program, _ in found[:-1] if program], found[-1][0]


def main(native, make_sample, repository):
    full = os.environ.get("PHOTOPSY_FULL") == "1"
    repository = pathlib.Path(repository)
    native = Native(native)
    others, module = programs_built(repository)
    if not others and not module:
        return 77
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as labelled, tempfile.TemporaryDirectory() as apart:
        files = make_samples(make_sample, repository / "samples", pathlib.Path(place))
        make_backslashed(pathlib.Path(place), pathlib.Path(apart))
        if full:
            unpack_labelled_dumps(repository, labelled)
        for other in others:
            comparison = Comparison(native, other)
            asked = list(questions(files, place, apart, labelled, comparison.windows, full))
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as at_once:
                differences = [line for lines in at_once.map(comparison.differences, asked) for line in lines]
            print(f"{' '.join(other)}: {len(asked)} runs, {len(differences)} differences", flush=True)
            wrong, count = wrong + differences, count + len(asked)
        for folder in (place, labelled) if module else ():
            found, compared = compare_module(module, native, folder)
            wrong, count = wrong + found, count + compared
    print("\n".join(wrong) or f"{count} runs of {len(others) + bool(module)} programs gave the same bytes, errors and exit status")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
