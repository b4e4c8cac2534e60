#!/usr/bin/env python3
"""The same dump gives the same bytes, whichever of the built programs reads it: every sample in every form, and errors with their exit status.

  same_bytes.py NATIVE MAKE_SAMPLE SAMPLES OTHER...     OTHER is a program, or "wine64 PROGRAM"

PHOTOPSY_FULL=1: every form of every sample; else JSON of all and the other forms of each fifth. Prints what differs; exit status 1 if anything does.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

FORMS = ["json", "text", "markdown", "html", "csv"]
ERRORS = [["no-such-file.bin"], ["."], ["note.txt"], ["--format", "nothing", "healthy.bin"], ["keys", "show", "note.txt"], ["no-such-command"], ["--versoin"],
          ["convert", "healthy.bin", "-o", "healthy.bin"], ["keys", "recover", "healthy.bin", "-o", "."], ["diff", "healthy.bin"], ["explain", "no-such-word"],
          ["explain", "private-key-mixed"], ["handshake", "healthy.bin"], ["keys", "show", "healthy.bin"], ["disasm", "healthy.bin"], ["layouts"], ["--version"], []]


def run(program, arguments, folder):
    environment = dict(os.environ, WINEDEBUG="-all", WINEPATH="", COLUMNS="")
    done = subprocess.run(program + arguments, cwd=folder, capture_output=True, env=environment, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout, done.stderr


def differences(native, other, arguments, folder):
    expected, found = run(native, arguments, folder), run(other, arguments, folder)
    for what, one, two in zip(("exit status", "output", "errors"), expected, found):
        if one != two:
            yield f"{' '.join(other)} {' '.join(arguments)}: {what} differs\n  native {one[-400:] if isinstance(one, bytes) else one!r}\n  here   {two[-400:] if isinstance(two, bytes) else two!r}"


def make_samples(make_sample, samples, folder):
    names = sorted(path.name for path in samples.iterdir() if (path / "recipe.toml").exists())
    for name in names:
        subprocess.run([make_sample, samples / name / "recipe.toml", "-o", folder / f"{name}.bin"], check=True, capture_output=True)
    (folder / "healthy.bin").exists() or (folder / f"{names[0]}.bin").rename(folder / "healthy.bin")
    (folder / "note.txt").write_text("just text\n")
    (folder / "Küche mit Herd.bin").write_bytes((folder / "healthy.bin").read_bytes())
    return sorted(path.name for path in folder.glob("*.bin"))


def main(native, make_sample, samples, *others):
    full = os.environ.get("PHOTOPSY_FULL") == "1"
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        files = make_samples(make_sample, pathlib.Path(samples), folder)
        wrong, count = [], 0
        for other in (name.split(" ") for name in others):
            for i, file in enumerate(files):
                for form in FORMS if full or i % 5 == 0 else FORMS[:1]:
                    wrong += differences([native], other, [file, "--format", form], folder)
                    count += 1
            for arguments in ERRORS:
                wrong += differences([native], other, arguments, folder)
                count += 1
    print("\n".join(wrong) or f"{count} runs of {len(others)} programs gave the same bytes, errors and exit status")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
