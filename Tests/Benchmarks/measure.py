"""Runs a command and says what it cost."""
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass


@dataclass
class Cost:
    cpu: float = 0.0  # seconds, user + system, with all children that were waited for
    wall: float = 0.0  # seconds
    peak: int = 0  # bytes, resident, of the largest process
    written: int = 0  # bytes handed to the file system

    def __add__(self, other):
        """One after the other."""
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.peak, other.peak), self.written + other.written)


class Failed(Exception):
    pass


def run(command, folder, environment, log, limit=1800):
    """Runs `command` (a list) in `folder`, `limit` seconds at most; its output goes to `log`. Daemons (gpg-agent) are not counted."""
    # A process inherits the peak of the one that starts it; GNU time is small and this program is not.
    peak_file = log + ".peak"
    command = ["/usr/bin/time", "-q", "-f", "%M", "-o", peak_file, *command]
    with open(log, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        timer = threading.Timer(limit, lambda: os.killpg(process.pid, signal.SIGKILL))
        timer.start()
        try:
            _, result, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            timer.cancel()
        wall = time.monotonic() - start
    process.returncode = code = os.waitstatus_to_exitcode(result)
    if code != 0:
        with open(log, "rb") as output:
            tail = output.read()[-1500:].decode(errors="replace")
        raise Failed(f"{' '.join(map(str, command))[:300]}\nin {folder}: status {code}\n{tail}")
    with open(peak_file, encoding="ascii") as file:
        peak = int(file.read()) * 1024
    return Cost(used.ru_utime + used.ru_stime, wall, peak, used.ru_oublock * 512)


def size(*paths, leave_out=lambda path: False):
    """Bytes of the files below the paths, hard links within once."""
    seen, total = set(), 0
    for top in paths:
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                status = os.lstat(path)
                if not leave_out(path) and (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    total += status.st_size
    return total
