"""A program in a pseudo-terminal of a given size: what it writes there, and its exit status."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time


def environment(**changes):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS") if name in os.environ}
    kept.update(changes)
    return kept


class Terminal:
    def __init__(self, command, columns, rows=50, directory=".", **variables):
        self.process, self.master = pty.fork()
        if self.process == 0:
            try:
                os.chdir(directory)
                os.execve(command[0], command, environment(**variables))
            finally:
                os._exit(127)  # no second test goes on in the child
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.said = b""

    def read(self, until=None, seconds=60):
        """Reads to the end, or to the text `until`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if until is not None and until in self.said:
                return True
            ready, _, _ = select.select([self.master], [], [], 0.1)
            if not ready:
                continue
            try:
                part = os.read(self.master, 65536)
            except OSError:
                part = b""
            if not part:
                return until is None
            self.said += part
        return False

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        """Whatever it does now."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.master)

    def status(self):
        _, status = os.waitpid(self.process, 0)
        os.close(self.master)
        return os.waitstatus_to_exitcode(status)


def screen_of(command, columns, **variables):
    """All that the command shows, with the line ends of a file, and its exit status. The size is set before the program can ask: it waits for a line."""
    terminal = Terminal(["/bin/sh", "-c", 'read begin; exec "$@"', "sh", *command], columns, **variables)
    attributes = termios.tcgetattr(terminal.master)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal.master, termios.TCSANOW, attributes)
    terminal.type("begin\n")
    terminal.read()
    return terminal.said.decode("utf-8", "replace").replace("\r\n", "\n"), terminal.status()
