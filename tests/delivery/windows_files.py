#!/usr/bin/env python3
"""What photopsy.exe writes, under wine: whole or not at all even where it is killed, nothing overwritten unasked, secrets for their owner alone, names in any
script.

  windows_files.py REPOSITORY       exit status 77 where the program was not built or wine is missing
"""
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time

import programs

found_wrong = []


def check(holds, sentence):
    print(("ok    " if holds else "WRONG ") + sentence)
    if not holds:
        found_wrong.append(sentence)


def run(program, *arguments, folder):
    return programs.ended([*program, *arguments], folder)


def killed_after(program, seconds, *arguments, folder):
    child = subprocess.Popen([*program, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    time.sleep(seconds)
    child.kill()
    child.wait()


def whole_or_nothing(program, folder):
    dumps = [f"dumps\\Gerät {i}.bin" for i in range(8)]
    begin = time.perf_counter()
    whole = run(program, *dumps, "--format", "html", folder=folder).stdout
    needed = time.perf_counter() - begin
    check(len(whole) > 10000, "a page of many dumps is made")
    states = set()
    for turn in range(12):
        page = folder / "page.html"
        before = b"" if turn % 2 else b"an old page"
        if before:
            page.write_bytes(before)
        else:
            page.unlink(missing_ok=True)
        killed_after(program, needed * (0.3 + 0.1 * turn), *dumps, "--format", "html", "-o", "page.html", "--force", folder=folder)
        now = page.read_bytes() if page.exists() else b""
        states.add("old" if now == before else "new" if now == whole else "broken")
    check("broken" not in states, f"an output that is killed leaves the old file or the new one ({', '.join(sorted(states))} seen)")


def main(repository):
    program, missing = programs.windows_program(repository)
    if not program:
        print(missing)
        return 77
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        blank = b"\xff" * (1 << 20)
        (folder / "blank.bin").write_bytes(blank)
        (folder / "dumps").mkdir()
        for i in range(8):
            (folder / "dumps" / f"Gerät {i}.bin").write_bytes(blank)

        first = run(program, "blank.bin", "-o", "report.txt", folder=folder)
        text = (folder / "report.txt").read_bytes()
        check(first.returncode == 1 and b"\r" not in text, "a report is written, with line ends of one byte")
        again = run(program, "blank.bin", "--format", "html", "-o", "report.txt", folder=folder)
        check(again.returncode == 2 and (folder / "report.txt").read_bytes() == text and b"--force" in again.stderr, "what exists is not overwritten unasked")
        forced = run(program, "blank.bin", "--format", "html", "-o", "report.txt", "--force", folder=folder)
        check(forced.returncode == 1 and (folder / "report.txt").read_bytes() != text, "with --force it is")
        taken = run(program, "convert", "blank.bin", "-o", "blank.bin", "--force", folder=folder)
        check(taken.returncode == 2 and (folder / "blank.bin").read_bytes() == blank, "the dump itself is never overwritten")
        elsewhere = run(program, "blank.bin", "-o", "no such folder\\report.txt", folder=folder)
        check(elsewhere.returncode == 2 and b"No such file" in elsewhere.stderr, "a folder that is missing is told")

        # wine keeps an access list as the permissions of a Linux file, as far as they can say it: nobody but the owner (and who is told as his group).
        made = run(program, "keys", "new", "-o", "key.der", folder=folder)
        key = folder / "key.der"
        check(made.returncode == 0 and key.exists() and not stat.S_IMODE(os.stat(key).st_mode) & 0o007, "a new key is its owner's alone")
        check(stat.S_IMODE(os.stat(folder / "report.txt").st_mode) & 0o004 != 0, "a report is not")
        triage = run(program, "triage", "dumps", "-o", "triage", folder=folder)
        check(triage.returncode in (0, 1) and not stat.S_IMODE(os.stat(folder / "triage").st_mode) & 0o007, "a folder of reports is its owner's alone")
        check((folder / "triage" / "index.html").exists() and len(list((folder / "triage" / "reports").glob("*.html"))) >= 1, "and holds pages")

        # wine shows a link to a folder as what Windows calls a reparse point (a junction is one).
        (folder / "linked").symlink_to("dumps")
        held = sorted(os.listdir(folder / "dumps"))
        for words in (["blank.bin", "-o", "linked"], ["blank.bin", "-o", "linked", "--force"], ["keys", "new", "-o", "linked", "--force"]):
            through = run(program, *words, folder=folder)
            check(through.returncode == 2 and b"is a symbolic link" in through.stderr, f"nothing is written through a reparse point ({' '.join(words)})")
        check((folder / "linked").is_symlink() and sorted(os.listdir(folder / "dumps")) == held, "which stays as it is")
        (folder / "linked").unlink()

        umlaut = run(program, "dumps\\Gerät 3.bin", "--format", "json", folder=folder)
        check(umlaut.returncode == 1 and '"Gerät 3.bin"'.encode() in umlaut.stdout and b"dumps" not in umlaut.stdout.replace(b"dumps/", b""), "a name of any script is read, and no folder is told")
        check(run(program, "NUL", folder=folder).returncode == 2, "a device is refused as a dump")
        whole_or_nothing(program, folder)
        left = [path.name for path in folder.rglob("*.photopsy-*")]
        check(len(left) <= 12, f"what a kill leaves behind has names that say whose it is ({len(left)} of them)")
    return 1 if found_wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
