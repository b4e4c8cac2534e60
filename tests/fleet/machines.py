#!/usr/bin/env python3
"""One run over all dumps, and the same dumps through an engine of many machines: the same bytes. Also a run that is killed again and again.

  machines.py parallel|dask|killed PHOTOPSY MAKE_SAMPLE REPOSITORY     exit status 77: the engine is not installed
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

engine, photopsy, make_sample, repository = sys.argv[1:5]
photopsy = os.path.abspath(photopsy)
full = os.environ.get("PHOTOPSY_FULL") == "1"
STORIES = ["healthy-1.5.2", "erased-key", "mixed-key", "part2-bit-error", "wrong-server-key", "eeprom-swap", "truncated-capture", "interrupted-update-old-bootloader"]


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def dumps_in(folder, count):
    """The stories with other seeds, so with other keys, names and fillings."""
    for number in range(count):
        recipe = (pathlib.Path(repository) / "samples" / STORIES[number % len(STORIES)] / "recipe.toml").read_text()
        lines = ["seed = %d" % (5000 + number) if line.startswith("seed = ") else line for line in recipe.splitlines()]
        written = folder / "recipe.toml"
        written.write_text("\n".join(lines) + "\n")
        place = folder / "dumps" / ("customer %d" % (number % 3))
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run([make_sample, str(written), "-o", str(place / ("%03d.bin" % number))], check=True)
    (folder / "dumps" / "note.txt").write_text("no dump\n")


def triage(folder, *paths, form="json"):
    done = subprocess.run([photopsy, "triage", *paths, "--format", form], cwd=folder, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def quiet_with_any_number_of_workers(folder):
    """More workers than there are cores: no library may say so."""
    for jobs in (3, 8, 64):
        done = subprocess.run([photopsy, "triage", "dumps", "--format", "csv", "-j", str(jobs)], cwd=folder, capture_output=True, check=False)
        assert done.returncode == 1 and not done.stderr, (jobs, done.stderr)


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in (folder / "dumps").rglob("*") if path.is_file())


def same_as_one_run(folder, reports):
    (folder / "reports.ndjson").write_bytes(reports)
    for form in ("text", "json", "csv", "html", "markdown", "ndjson"):
        assert triage(folder, "reports.ndjson", form=form) == triage(folder, "dumps", form=form), form
    print(engine, "and one run agree over", len(names(folder)), "files")


def through_parallel(folder):
    if not shutil.which("parallel") or b"GNU" not in subprocess.run(["parallel", "--version"], capture_output=True, check=False).stdout:
        skip("GNU parallel is not installed (tools/install-dependencies --tests)")
    done = subprocess.run(["parallel", "--will-cite", "--quote", "-j2", "-n", "3", photopsy, "analyze", "-j", "1", "--format", "ndjson"], cwd=folder,
                          input="\n".join(names(folder)).encode(), capture_output=True, check=False, env={**os.environ, "HOME": str(folder)})
    same_as_one_run(folder, done.stdout)


def report(program, folder, paths):
    return subprocess.run([program, "analyze", "-j", "1", "--format", "ndjson", "--files-from", "-"], cwd=folder, input="\n".join(paths).encode(),
                          stdout=subprocess.PIPE, check=False).stdout


def through_dask(folder):
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        debian = "/usr/bin/python3"  # Debian's package belongs to Debian's own python
        if os.path.exists(debian) and not os.path.samefile(debian, sys.executable) and "PHOTOPSY_DEBIAN" not in os.environ:
            os.environ["PHOTOPSY_DEBIAN"] = "1"
            sys.exit(subprocess.run([debian, __file__, *sys.argv[1:]], check=False).returncode)
        skip("python3-distributed is not installed (tools/install-dependencies --tests)")
    os.chdir(folder)
    # A scheduler and two workers as processes of their own, on the loopback only.
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None) as cluster, Client(cluster) as client:
        every = names(folder)
        parts = client.gather(client.map(report, [photopsy] * len(every), [str(folder)] * len(every), [every[i:i + 4] for i in range(0, len(every), 4)]))
    random.Random(1).shuffle(parts)
    same_as_one_run(folder, b"".join(parts))


def killed(folder):
    """Killed at random moments, then let to the end: the same files as from one run."""
    dice = random.Random(2)
    command = [photopsy, "triage", "dumps", "-o", "cut", "--jobs", "2"]
    subprocess.run([photopsy, "triage", "dumps", "-o", "whole"], cwd=folder, stdout=subprocess.DEVNULL, check=False)
    begun = time.monotonic()
    subprocess.run([photopsy, "triage", "dumps", "-o", "timed"], cwd=folder, stdout=subprocess.DEVNULL, check=False)
    length = time.monotonic() - begun
    ended = 0
    for moment in range(20 if full else 6):
        if moment % 4 == 0:
            shutil.rmtree(folder / "cut", ignore_errors=True)
        run = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, length))
        run.send_signal(dice.choice([signal.SIGKILL, signal.SIGINT]))
        ended += run.wait() in (0, 1)
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    for name in ("index.html", "summary.csv", "reports.ndjson"):
        assert (folder / "cut" / name).read_bytes() == (folder / "whole" / name).read_bytes(), name
    left = {path.name for path in (folder / "whole" / "reports").iterdir()}
    there = {path.name for path in (folder / "cut" / "reports").iterdir()}
    assert left == there, there ^ left
    for name in left:
        assert (folder / "cut" / "reports" / name).read_bytes() == (folder / "whole" / "reports" / name).read_bytes(), name
    print("killed", "%d times," % (20 if full else 6), ended, "runs had ended before: the same files")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        dumps_in(folder, 24 if full else 12)
        quiet_with_any_number_of_workers(folder)
        {"parallel": through_parallel, "dask": through_dask, "killed": killed}[engine](folder)


if __name__ == "__main__":
    main()
