#!/usr/bin/env python3
"""What a person sees: the real program in a pseudo-terminal at 40, 80 and 120 columns, in UTF-8 and in C, with colours and dumb, against the approved
screens. PHOTOPSY_UPDATE_GOLDEN=1 writes them anew.   screens.py PHOTOPSY MAKE_SAMPLE SOURCE"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from pseudo_terminal import Terminal, screen_of

photopsy, make_sample, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), pathlib.Path(sys.argv[3])
golden = source / "tests/cli/terminal/screens"
update = os.environ.get("PHOTOPSY_UPDATE_GOLDEN") == "1"
failures = []

KINDS = {
    "utf8": {"LANG": "C.UTF-8", "TERM": "xterm-256color"},
    "ascii": {"LANG": "C", "TERM": "xterm-256color"},
    "dumb": {"LANG": "C.UTF-8", "TERM": "dumb"},
}
COMMANDS = {
    "mixed": ["mixed.bin"],
    "healthy": ["healthy.bin"],
    "cut": ["cut.bin"],
    "light": ["healthy.bin", "--led", "cyan with red burst"],
    "explain": ["explain", "private-key-mixed"],
    "handshake": ["handshake", "mixed.bin"],
    "check": ["keys", "check", "mixed.bin"],
    "recover": ["keys", "recover", "mixed.bin"],
    "diff": ["diff", "healthy.bin", "mixed.bin"],
    "disasm": ["disasm", "healthy.bin", "0x08000000", "-n", "6"],
    "help": ["help", "keys", "recover"],
}
STORIES = {"mixed": "mixed-key", "healthy": "healthy-1.5.2", "cut": "truncated-capture"}


def expect(condition, sentence):
    if not condition:
        failures.append(sentence)


def visible(screen):
    return screen.replace("\033", "\\e")


def compare(name, screen):
    path = golden / (name + ".txt")
    if update:
        golden.mkdir(exist_ok=True)
        path.write_text(visible(screen))
    expect(path.is_file() and path.read_text() == visible(screen), f"{name}: not the approved screen (PHOTOPSY_UPDATE_GOLDEN=1 writes it anew)")


def in_one_piece(line):
    """Commands and fingerprints are longer than a narrow screen and must be copied whole."""
    return re.search(r"^ *(photopsy|dfu-util|particle) ", line) or re.fullmatch(r" *(\S+  +)?[0-9A-Za-z+/=-]{39,}", line)


def check_rules(name, kind, columns, screen):
    plain = re.sub(r"\033\[[0-9;]*m", "", screen)
    for line in plain.split("\n"):
        expect(len(line) <= columns or in_one_piece(line), f"{name}: {len(line)} columns: {line}")
    if kind == "ascii":
        expect(plain.isascii(), f"{name}: not ASCII")
    expect(("\033" in screen) == (kind != "dumb") or not re.search(r"mixed|healthy|check|handshake", name), f"{name}: colours")


def check_screens(folder):
    for name, words in COMMANDS.items():
        for kind, variables in KINDS.items():
            for columns in (40, 80, 120):
                if kind != "utf8" and (columns == 120 or name not in ("mixed", "healthy", "handshake", "check")):
                    continue
                title = f"{name}-{columns}-{kind}"
                screen, status = screen_of([photopsy, *words], columns, directory=folder, **variables)
                expect(status == (0 if name in ("healthy", "light", "explain", "recover", "disasm", "help") else 1), f"{title}: exit status {status}")
                compare(title, screen)
                check_rules(title, kind, columns, screen)


def check_endings(folder):
    screen, _ = screen_of([photopsy, "mixed.bin"], 80, directory=folder, **KINDS["dumb"])
    lines = screen.rstrip("\n").split("\n")
    expect(lines[-1].startswith("  photopsy ") or lines[-1].startswith("  dfu-util "), "the last line is the first command")
    expect(any(line.startswith("First: ") for line in lines[-14:]), "the verdict's first step stands at the end")
    expect(len(lines) <= 58, f"a sick device's screen has {len(lines)} lines")


def check_questions(folder):
    terminal = Terminal([photopsy, "--ask", "healthy.bin"], 80, directory=folder, **KINDS["utf8"])
    for question, answer in ((b"no light at all", "1\n"), (b"1, 2 or 3", "1\n"), (b"I cannot tell", "4\n")):
        expect(terminal.read(until=question, seconds=20), f"--ask does not say {question}")
        terminal.type(answer)
    terminal.read()
    said = terminal.said.decode("utf-8", "replace")
    expect("which step it was, its colour would" in re.sub(r"\s+", " ", said), "--ask leads to a remark on the light")
    expect(terminal.status() == 0, "--ask on a healthy dump ends with 0")
    plain = subprocess.run([photopsy, "--ask", "healthy.bin"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    expect(plain.returncode == 2 and "--led" in plain.stderr, "--ask without a terminal says what to do instead")


def check_pipes(folder):
    """Into a pipe: ASCII where the locale that is set says so, whatever its variable; UTF-8 where none is set."""
    for locale, ascii_alone in (({"LC_ALL": "C"}, True), ({"LANG": "C"}, True), ({"LC_CTYPE": "POSIX"}, True), ({}, False), ({"LC_ALL": "C.UTF-8", "LANG": "C"}, False)):
        said = subprocess.run([photopsy, "mixed.bin"], cwd=folder, env=locale, capture_output=True).stdout
        expect(len(said) > 1000 and said.isascii() == ascii_alone, f"{locale}: into a pipe goes {'UTF-8' if ascii_alone else 'ASCII'}")


def check_manual():
    page = subprocess.run([photopsy, "man"], capture_output=True, text=True).stdout
    try:
        lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=page, capture_output=True, text=True)
        expect(lint.returncode == 0 and not lint.stdout.strip(), f"mandoc -Tlint: {lint.stdout[:300]}")
    except FileNotFoundError:
        print("mandoc is not installed (tools/install-dependencies --tests): the manual page was not checked")


def check_help():
    names = subprocess.run([photopsy, "completions", "bash"], capture_output=True, text=True).stdout
    commands = sorted(set(re.findall(r"^    '([a-z -]+)'\)$", names, re.M)))
    expect(len(commands) > 20, "the commands are known from the completions")
    for command in commands:
        text = subprocess.run([photopsy, "help", *command.split()], capture_output=True, text=True).stdout
        expect(text.startswith("") and len(text) > 50, f"no help for {command}")
        for line in text.split("\n"):
            expect(len(line) < 80, f"help {command}: {len(line)} columns: {line}")
        hint = subprocess.run([photopsy, *command.split(), "--no-such-option"], capture_output=True, text=True).stderr
        for hinted in re.findall(r"\(photopsy ([a-z -]+) --help shows how\)", hint):
            expect(hinted in commands, f"{command}: the hint names \"{hinted}\", which is no command")


with tempfile.TemporaryDirectory() as folder:
    for name, story in STORIES.items():
        subprocess.run([make_sample, str(source / "samples" / story / "recipe.toml"), "-o", f"{folder}/{name}.bin"], check=True)
    check_screens(folder)
    check_endings(folder)
    check_questions(folder)
    check_pipes(folder)
check_manual()
check_help()
for failure in failures[:40]:
    print(failure)
print(f"{len(failures)} failures")
sys.exit(1 if failures else 0)
