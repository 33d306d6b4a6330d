#!/usr/bin/env python3
"""Measures indexgen and its peers in turns on the same packages, and prints a Markdown table. Called by run.sh, which see.

    compare.py [--runs N] [--seed S] [--scratch FOLDER] [KIND…] [COUNT…]

Environment: INDEXGEN, the program; CORPUS, the generator of packages; PEERS, the bin folder of the virtual environment with
createrepo-c and dumb-pypi. Each run starts from nothing: cold, from the catalog, nothing changed, +1, -1 (the same package), +100.
"""
import argparse
import contextlib
import datetime
import glob
import os
import platform
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

import measure
import peers

KINDS = ("rpm", "debian", "pypi", "helm")
MOST = 200_000
# Bytes per package in all trees of one run together, generously.
ROOM = {"rpm": 80_000, "debian": 90_000, "pypi": 120_000, "helm": 40_000}
# helm v4.2.3 (CPU s, peak MiB) on similar charts: cold YAML, cold --json, merge of one; measured once, elsewhere.
HELM = {1000: "0.91 (99), 0.69 (62), 0.57 (92)", 10000: "5.09 (538), 3.37 (125), 4.27 (562)"}


class Bench:
    def __init__(self, kind, count, seed, scratch):
        self.kind, self.count, self.scratch = kind, count, scratch
        self.indexgen, self.corpus = os.environ["INDEXGEN"], os.environ["CORPUS"]
        self.dumb_pypi = os.path.join(os.environ["PEERS"], "dumb-pypi")
        # The wheel's own program: its Python wrapper would count otherwise.
        found = glob.glob(os.path.join(os.environ["PEERS"], "../lib/python3*/site-packages/createrepo_c/data/bin/createrepo_c"))
        self.createrepo = found[0] if found else None
        self.log = os.path.join(scratch, "log")
        self.counts_writes = first_line("stat", "-f", "-c", "%T", scratch) != "tmpfs"
        self.environment = {"PATH": os.environ["PATH"], "HOME": scratch, "TMPDIR": scratch, "LC_ALL": "C", "TZ": "UTC"}
        self.gpg, self.key = None, None
        self.make_packages(seed)
        if kind == "debian":
            self.make_key()

    def make_key(self):
        # A short path: gpg-agent's socket lives here.
        self.environment["GNUPGHOME"] = tempfile.mkdtemp(prefix="bg")
        os.chmod(self.environment["GNUPGHOME"], 0o700)
        self.key = "bench@example.org"
        self.gpg = f"gpg --batch --yes --digest-algo SHA256 -u {self.key}"
        line = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", self.key, "rsa3072", "sign", "never"]
        subprocess.run(line, env=self.environment, check=True, capture_output=True)

    def make_packages(self, seed):
        names = max(1, self.count // 8)
        self.source, self.hundred = os.path.join(self.scratch, "packages"), os.path.join(self.scratch, "hundred")
        self.listing = os.path.join(self.scratch, "packages.jsonl")
        single = os.path.join(self.scratch, "single")
        lists = []
        for folder, start, count in [(self.source, 0, self.count), (single, self.count, 1), (self.hundred, self.count + 1, 100)]:
            line = [self.corpus, self.kind, folder, "--start", start, "--count", count, "--seed", seed, "--names", names]
            if self.kind == "pypi":
                line += ["--list", folder + ".list"]
            subprocess.run([str(word) for word in line], check=True)
            lists.append(open(folder + ".list", "rb").read() if self.kind == "pypi" else b"")
        self.one = os.path.join(single, os.listdir(single)[0])
        # What the repository holds at each step: file names beyond the corpus, and the list.
        more = [os.path.join(self.hundred, name) for name in sorted(os.listdir(self.hundred))]
        self.extra = {"one": ([self.one], lists[0] + lists[1]), "hundred": (more, lists[0] + lists[2])}
        self.plain = lists[0]
        self.bytes = measure.size(self.source)

    def set_stage(self, step):
        files, listing = self.extra.get(step, ([], self.plain))
        for path in (path for paths, _ in self.extra.values() for path in paths):
            place = os.path.join(self.source, os.path.basename(path))
            if path in files:
                os.link(path, place)
            elif os.path.exists(place):
                os.unlink(place)
        if self.kind == "pypi":
            with open(self.listing, "wb") as file:
                file.write(listing)

    def run(self, command, folder):
        return measure.run(command, folder, self.environment, self.log)

    def close(self):
        if "GNUPGHOME" in self.environment:
            subprocess.run(["gpgconf", "--kill", "all"], env=self.environment, check=False)
            shutil.rmtree(self.environment["GNUPGHOME"], ignore_errors=True)


def compare(bench, runs):
    """Costs by program and step, a list entry for each run; index sizes by program."""
    programs = peers.programs(bench)
    costs = {program: {} for program in programs}
    sizes = {}
    for turn in range(runs):
        for program in programs:
            program.begin(turn)
        for step in peers.STEPS:
            bench.set_stage(step)
            # Another one starts in each run.
            for program in programs[turn % len(programs):] + programs[:turn % len(programs)]:
                if not hasattr(program, step):
                    continue
                os.sync()
                cost = getattr(program, step)()
                costs[program].setdefault(step, []).append(cost)
                found = program.listed()
                if found != bench.count + len(bench.extra.get(step, ([],))[0]):
                    raise measure.Failed(f"{program.name} lists {found} packages after {step}")
                if step == "cold":
                    sizes[program] = program.index_bytes()
                print(f"{bench.kind} {bench.count} run {turn + 1}/{runs} {step:8} {program.name:36} {cost.cpu:8.2f} s",
                      file=sys.stderr)
        bench.set_stage(None)
    return costs, sizes


def table(bench, runs, costs, sizes):
    print(f"\n### {bench.kind}, {bench.count} packages ({bench.bytes / 1e6:.1f} MB), n = {runs}\n")
    print("| step | program | CPU s (least–most) | wall s | peak MiB | written MiB | CPU, peer ÷ ours |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for step, title in peers.STEPS.items():
        for program, steps in costs.items():
            # Who opens no package is compared with what we do without opening any.
            against = "cold" if step == "all" and not program.opens_packages else step
            if against not in steps:
                continue
            found = steps[against]
            middle = lambda value: statistics.median(value(cost) for cost in found)
            ratio = ""
            if program.rival:
                pairs = [peer.cpu / ours.cpu for peer, ours in zip(found, costs[program.rival][step]) if ours.cpu > 0]
                ratio = f"{statistics.median(pairs):.1f}" if pairs else "–"
            cpu = sorted(cost.cpu for cost in found)
            written = middle(lambda c: c.written)
            written = f"{written / 2**20:.1f}" if bench.counts_writes else "–"
            print(f"| {title} | {program.name} | {middle(lambda c: c.cpu):.3f} ({cpu[0]:.3f}–{cpu[-1]:.3f}) "
                  f"| {middle(lambda c: c.wall):.2f} | {middle(lambda c: c.peak) / 2**20:.0f} | {written} | {ratio} |")
    print()
    print(f"+1 is `{os.path.basename(bench.one)}`.")
    print("Index after the cold run: " + "; ".join(f"{program.name} {size / 1e6:.3f} MB" for program, size in sizes.items()) + ".")
    for program in costs:
        if program.note:
            print(f"Not equal: {program.name}: {program.note}.")
    if bench.kind == "debian":
        print("All sign (RSA 3072; the key is made beforehand, gpg-agent's own work is not counted). Ours has more: an index of its own for "
              "the architecture all, touched when such a package is; and by-hash names.")
    elif bench.kind == "rpm":
        print("Nobody signs. Cold includes `init --unsigned`.")
    elif bench.kind == "helm" and len(costs) == 1:
        print("No helm here. " + (f"helm v4.2.3, earlier and elsewhere, cold, cold --json, merge of one: {HELM[bench.count]}."
                                  if bench.count in HELM else "Its figures are known for 1000 and 10000 charts only."))


def first_line(*command):
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    lines = (found.stdout + found.stderr).strip().splitlines()
    return lines[0] if lines else None


def machine(kinds, scratch, line):
    """Who measured where, when, and with what."""
    with open("/proc/cpuinfo") as file:
        model = next((row.split(":", 1)[1].strip() for row in file if row.startswith("model name")), platform.machine())
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 2**20
    with open("/etc/os-release") as file:
        system = next((row.split("=", 1)[1].strip().strip('"') for row in file if row.startswith("PRETTY_NAME")), "Linux")
    load = os.getloadavg()[0]
    disk = first_line("stat", "-f", "-c", "%T", scratch)
    print(f"{datetime.date.today()}, {model}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}, Linux {platform.release()}; "
          f"load at the start {load:.1f}; on {disk}. Files in the page cache; medians; ratios of paired runs. "
          f"Absolute times hold for this machine and day only.")
    versions = [first_line(os.environ["INDEXGEN"], "--version")]
    if "rpm" in kinds:
        versions.append("createrepo_c " + (first_line("createrepo_c", "--version") or "missing") + " and 1.2.5 (PyPI's wheel)")
    if "debian" in kinds:
        versions += [first_line("apt-ftparchive", "--version"), first_line("reprepro", "--version"), first_line("aptly", "version"),
                     first_line("gpg", "--version")]
    if "pypi" in kinds:
        python = first_line(os.path.join(os.environ["PEERS"], "python"), "-V")
        versions.append(f"dumb-pypi 1.15.0, {python}")
    if "helm" in kinds and shutil.which("helm"):
        versions.append(first_line("helm", "version", "--short"))
    print("; ".join(version for version in versions if version) + ".")
    print(f"Command: `{line}`", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3, help="repetitions (default 3)")
    options.add_argument("--seed", type=int, default=1, help="of the packages (default 1)")
    options.add_argument("--scratch", default=tempfile.gettempdir(),
                         help="where to make, and remove, a working folder; /dev/shm keeps the costs of the disk's file system out")
    options.add_argument("what", nargs="*", metavar="KIND|COUNT")
    given = options.parse_args()
    kinds = [word for word in given.what if not word.isdigit()] or list(KINDS)
    counts = [int(word) for word in given.what if word.isdigit()] or [1000]
    if not set(kinds) <= set(KINDS) or not all(64 <= count <= MOST for count in counts) or not 1 <= given.runs <= 100:
        options.error(f"a kind is one of {', '.join(KINDS)}; a count from 64 to {MOST}; runs from 1 to 100")
    need = sum(ROOM[kind] * (count + 200) * given.runs for kind in kinds for count in counts)
    if shutil.disk_usage(given.scratch).free < need:
        sys.exit(f"{given.scratch}: this wants {need / 1e9:.1f} GB of room")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine(kinds, given.scratch, shlex.join(["Tests/Benchmarks/run.sh", *sys.argv[1:]]))
    top = tempfile.mkdtemp(prefix="indexgen-bench-", dir=given.scratch)
    try:
        for kind in kinds:
            for count in counts:
                scratch = os.path.join(top, f"{kind}-{count}")
                os.mkdir(scratch)
                with contextlib.closing(Bench(kind, count, given.seed, scratch)) as bench:
                    table(bench, given.runs, *compare(bench, given.runs))
                sys.stdout.flush()
    except measure.Failed as fault:
        sys.exit(f"compare.py: {fault}")
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
