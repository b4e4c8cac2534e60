"""The programs that are given away, where they were built: tools/build-static linux, aarch64 and win64, the page's module in Node; and the command line there."""
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import tempfile

LONGEST = 300  # seconds that a program may need, on a machine with much else to do
PRIVATE_WINE = pathlib.Path(tempfile.gettempdir()) / f"photopsy-wine-{os.getuid()}"


def ended(command, folder, environment=None, longest=LONGEST):
    """What a program says until it ends; where it does not, its exit status is that sentence. Its output goes to files: a pipe is open for as long as anything
    lives that the program started, and the first program in wine starts wine's whole system."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            status = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, timeout=longest, check=False).returncode
        except subprocess.TimeoutExpired:
            status = f"no end within {longest} s: {shlex.join(map(str, command))}"
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, status, output.read(), errors.read())


def wine():
    """wine's program with a folder of its own, made at the first use, and with its system running, which takes seconds to start and would else end with each
    program; a minute after the last one it ends. None where wine is missing."""
    found = shutil.which("wine64") or shutil.which("wine") or ("/usr/lib/wine/wine64" if pathlib.Path("/usr/lib/wine/wine64").exists() else None)
    if found:
        os.environ.update(WINEPREFIX=str(PRIVATE_WINE), WINEDEBUG="-all", WINEDLLOVERRIDES="mscoree,mshtml=", DISPLAY="")
        made = (PRIVATE_WINE / "system.reg").exists()
        server = shutil.which("wineserver") or shutil.which("wineserver64", path="/usr/lib/wine")
        if server:
            ended([server, "-p60"], "/")
        ended([found, "cmd", "/c", "exit"] if made else [found, "wineboot", "--init"], "/")
    return found


def windows_program(root):
    """The command that runs photopsy.exe, or None with the reason."""
    program = pathlib.Path(root).resolve() / "build/win64/src/photopsy.exe"
    if not program.exists():
        return None, "build/win64/src/photopsy.exe is not there (tools/build-static win64 builds it)"
    runner = wine()
    return ([runner, str(program)], "") if runner else (None, "wine is missing (tools/install-dependencies --delivery installs it)")


def static_program(root):
    program = pathlib.Path(root).resolve() / "build/static/src/photopsy"
    return ([str(program)], "") if program.exists() else (None, "build/static/src/photopsy is not there (tools/build-static linux builds it)")


def aarch64_program(root):
    """The same for 64-bit ARM, by qemu where this machine is none."""
    program = pathlib.Path(root).resolve() / "build/aarch64/src/photopsy"
    if not program.exists():
        return None, "build/aarch64/src/photopsy is not there (tools/build-static aarch64 builds it)"
    runner = [] if platform.machine() == "aarch64" else [shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")]
    return (runner + [str(program)], "") if all(runner) else (None, "qemu is missing (tools/install-dependencies --delivery installs it)")


def node_program(root):
    """The command line as WebAssembly, which nobody is given: it shows what words of 32 bits do."""
    program = pathlib.Path(root).resolve() / "build/node/src/photopsy.js"
    if not program.exists():
        return None, "build/node/src/photopsy.js is not there (tools/build-static node builds it)"
    node = shutil.which("node") or shutil.which("nodejs")
    return ([node, str(program)], "") if node else (None, "node is missing")


def page_module(root):
    """Node and the module of the page, which has no command line: tests/delivery/module.js asks it."""
    module = pathlib.Path(root).resolve() / "build/wasm/src/photopsy-page.js"
    if not module.exists():
        return None, "build/wasm/src/photopsy-page.js is not there (tools/make-page builds it)"
    node = shutil.which("node") or shutil.which("nodejs")
    return ([node, str(pathlib.Path(__file__).parent / "module.js"), str(module)], "") if node else (None, "node is missing")
