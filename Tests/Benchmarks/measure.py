"""Runs a command and says what it cost; takes the floor below which no cost can be."""
import ctypes
import hashlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass


@dataclass
class Cost:
    cpu: float = 0.0  # seconds, user + system, with all children and what they left behind
    wall: float = 0.0  # seconds
    peak: int = 0  # bytes, resident, of the largest process
    written: int = 0  # bytes, see `written`

    def __add__(self, other):
        """One after the other."""
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.peak, other.peak), self.written + other.written)


class Failed(Exception):
    pass


# PR_SET_CHILD_SUBREAPER: daemons that a command leaves behind become children of this process, and can be counted.
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def end_daemons():
    """Ends the daemons (gpg-agent) that commands left behind, and returns their CPU seconds."""
    seconds = 0.0
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        daemons = [int(word) for word in file.read().split()]
    for daemon in daemons:
        os.kill(daemon, signal.SIGTERM)
    for daemon in daemons:
        _, _, used = os.wait4(daemon, 0)
        seconds += used.ru_utime + used.ru_stime
    return seconds


def written():
    """Bytes that write calls took from the children waited for so far, by the kernel's count of them, which a process inherits from its
    children and theirs. It has files that are gone again and databases changed in place, on every file system; also what went through
    pipes, and not what is written through mapped memory (of those here, only SQLite's and for its small shared index)."""
    with open("/proc/self/io", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("wchar:"))


def run(command, folder, environment, log, limit=1800):
    """Runs `command` (a list) in `folder`, `limit` seconds at most; its output goes to `log`. Daemons end with it: their CPU seconds count,
    their memory does not."""
    # A process inherits the peak of the one that starts it; GNU time is small and this program is not.
    peak_file = log + ".peak"
    command = ["/usr/bin/time", "-q", "-f", "%M", "-o", peak_file, *command]
    before = written()
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
    return Cost(used.ru_utime + used.ru_stime + end_daemons(), wall, peak, written() - before)


def files(*tops, leave_out=lambda path: False):
    """Paths and statuses of the files below folders, hard links once."""
    seen = set()
    for top in tops:
        for folder, _, names in os.walk(top):
            for path in (os.path.join(folder, name) for name in names if not leave_out(name)):
                status = os.lstat(path)
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    yield path, status


def size(*tops, leave_out=lambda path: False):
    """Bytes of the files below folders."""
    return sum(status.st_size for _, status in files(*tops, leave_out=leave_out))


def states(*tops, leave_out=lambda path: False):
    """Paths by what tells a new or changed file from one that was there before."""
    return {(status.st_ino, status.st_mtime_ns, status.st_size): path for path, status in files(*tops, leave_out=leave_out)}


OPENERS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}


def digest(path, copy=os.devnull):
    """SHA-256 of a file, and the CPU seconds of taking it and of writing the copy; reading is not counted."""
    state, seconds = hashlib.sha256(), 0.0
    with open(path, "rb", buffering=0) as file, open(copy, "wb", buffering=0) as out:
        while chunk := file.read(1 << 20):
            start = time.process_time()
            state.update(chunk)
            out.write(chunk)
            seconds += time.process_time() - start
    return state.digest(), seconds


def floor(documents, scratch):
    """CPU seconds that no program can do without that publishes these documents with their digests: SHA-256 of each as it is published and
    of its open form (once, whatever it is published as), and writing what is published. Opening them is not counted. Also the bytes that
    were hashed."""
    spare, seconds, total, seen = os.path.join(scratch, "spare"), 0.0, 0, set()
    for path in sorted(documents):
        found, taken = digest(path, copy=spare)
        seen.add(found)
        seconds += taken
        total += os.path.getsize(path)
        opener = OPENERS.get(os.path.splitext(path)[1])
        if opener:
            with open(spare, "wb") as file:
                subprocess.run([opener, "-dc", path], stdout=file, check=True)
            found, taken = digest(spare)
            if found not in seen:
                seen.add(found)
                seconds += taken
                total += os.path.getsize(spare)
    os.unlink(spare)
    return seconds, total
