#!/usr/bin/env python3
"""Measures indexgen and its peers in turns on the same packages, and prints Markdown tables. Called by run.sh, which see.

    compare.py [--runs N] [--seed S] [--scratch FOLDER] [--counts N,N…] [KIND…] [COUNT…]
    compare.py growth [the same]

The first compares; each run starts from nothing: cold, from the catalog, nothing changed, +1, −1 (a release that was there from the
beginning), +100. The second has indexgen alone and says how "+1" grows with the packages that are there, beside the floor: what it costs
to hash and write the documents that it touched. Nothing here judges a figure; limits stand beside for information.

Environment: INDEXGEN, the program; CORPUS, the generator of packages; PEERS, the bin folder of the virtual environment with
createrepo-c and dumb-pypi (growth needs none).
"""
import argparse
import contextlib
import datetime
import glob
import os
import platform
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

import measure
import peers

KINDS = ("rpm", "debian", "pypi", "helm")
MOST = 200_000
# Bytes per package in all trees of one run together, generously.
ROOM = {"rpm": 80_000, "debian": 90_000, "pypi": 120_000, "helm": 40_000}
# What the files of one release have in common in their names.
RELEASES = {"rpm": r"(.+)\.\w+\.rpm", "debian": r"(.+)_\w+\.deb", "pypi": r"([^-]+-[^-]+?)(-.+\.whl|\.tar\.gz)", "helm": r"(.+)\.tgz"}
# What the project wants to stay below, MiB.
LIMITS = {"one": 64, "cold": 128}


class Bench:
    """Packages of one kind and number, and what programs need to work on them."""

    def __init__(self, kind, count, seed, scratch):
        self.kind, self.count, self.seed, self.scratch = kind, count, seed, scratch
        os.mkdir(scratch)
        self.indexgen, self.corpus = os.path.abspath(os.environ["INDEXGEN"]), os.path.abspath(os.environ["CORPUS"])
        self.log = os.path.join(scratch, "log")
        # ext4 without a journal is slow to give out the inodes of files that were removed in the last minutes, and would charge whoever
        # makes files next: what is on a disk stays until the end of all.
        self.keeps = file_system(scratch) != "tmpfs"
        self.environment = {"PATH": os.environ["PATH"], "HOME": scratch, "TMPDIR": scratch, "LC_ALL": "C", "TZ": "UTC"}
        self.source = os.path.join(scratch, "packages")
        self.packages, self.lines = self.make(self.source, 0, count)
        self.bytes = measure.size(self.source)

    def make(self, folder, start, count):
        """Makes packages. Returns their paths in order, and the lines for dumb-pypi's list."""
        line = [self.corpus, self.kind, folder, "--start", start, "--count", count, "--seed", self.seed,
                "--names", max(1, self.count // 8)]
        lines = []
        if self.kind == "pypi":
            line += ["--list", folder + ".list"]
        subprocess.run([str(word) for word in line], check=True)
        if self.kind == "pypi":
            with open(folder + ".list", "rb") as file:
                lines = file.readlines()
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))], lines

    def make_one_more(self, turn):
        """Makes `one`, the next to add: each hundredth, which in Debian is for amd64. Returns its line."""
        number = -(-self.count // 100) + turn
        [self.one], lines = self.make(os.path.join(self.scratch, f"single{turn}"), 100 * number, 1)
        return lines

    def run(self, command, folder):
        return measure.run(command, folder, self.environment, self.log)

    def check(self, program, step, wanted):
        """What is measured must be true."""
        found = program.listed()
        if found != wanted:
            raise measure.Failed(f"{program.name} lists {found} packages after {step}, not {wanted}")

    def close(self):
        if not self.keeps:
            shutil.rmtree(self.scratch)


class Comparison(Bench):
    """With all that the steps add and remove, and with peers."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.dumb_pypi = os.path.join(peers_folder(), "dumb-pypi")
        self.createrepo = wheel_program()
        self.listing = os.path.join(self.scratch, "packages.jsonl")
        one_lines = self.make_one_more(0)
        self.hundred = os.path.join(self.scratch, "hundred")
        hundred, hundred_lines = self.make(self.hundred, self.count + 101, 100)
        # −1 is the release in the middle; in Debian one for amd64, as +1 is.
        release = lambda path: re.fullmatch(RELEASES[self.kind], os.path.basename(path))[1]
        choice = [path for path in self.packages if self.kind != "debian" or path.endswith("_amd64.deb")]
        middle = release(choice[len(choice) // 2])
        self.gone = [self.set_aside(path) for path in self.packages if release(path) == middle]
        names = [f'"{os.path.basename(path)}"'.encode() for path in self.gone]
        rest = [line for line in self.lines if not any(name in line for name in names)]
        # What the source folder has at each step of what is not always there, and dumb-pypi's list.
        self.stages = {"one": ([*self.gone, self.one], self.lines + one_lines), "drop": ([self.one], rest + one_lines),
                       "hundred": ([self.one, *hundred], rest + one_lines + hundred_lines)}
        self.passing = [*self.gone, self.one, *hundred]
        if self.kind == "debian":
            self.make_key()

    def make_key(self):
        """The peers' key. Ours makes its own, of the same kind."""
        # A short path: gpg-agent's socket lives here.
        self.environment["GNUPGHOME"] = tempfile.mkdtemp(prefix="bg")
        self.key = "bench@example.org"
        self.gpg = f"gpg --batch --yes --digest-algo SHA256 -u {self.key}"
        line = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", self.key, "rsa3072", "sign", "never"]
        subprocess.run(line, env=self.environment, check=True, capture_output=True)
        measure.end_daemons()

    def close(self):
        super().close()
        if self.kind == "debian":
            shutil.rmtree(self.environment["GNUPGHOME"], ignore_errors=True)

    def set_aside(self, path):
        """Another name for a package, outside the source folder."""
        place = os.path.join(self.scratch, "gone", os.path.basename(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.link(path, place)
        return place

    def set_stage(self, step):
        """Makes the source folder what the repository shall be after a step. Returns how many packages that are."""
        present, lines = self.stages.get(step, (self.gone, self.lines))
        for path in self.passing:
            place = os.path.join(self.source, os.path.basename(path))
            if os.path.exists(place):
                os.unlink(place)
            if path in present:
                os.link(path, place)
        if self.kind == "pypi":
            with open(self.listing, "wb") as file:
                file.writelines(lines)
        return self.count - len(self.gone) + len(present)


def compare(bench, runs):
    """Costs by program and step, a list entry for each run; index sizes by program."""
    programs = peers.programs(bench)
    costs = {program: {} for program in programs}
    sizes = {}
    for turn in range(runs):
        for program in programs:
            program.begin(turn)
        for step in peers.STEPS:
            wanted = bench.set_stage(step)
            # Another one starts in each run.
            for program in programs[turn % len(programs):] + programs[:turn % len(programs)]:
                if not hasattr(program, step):
                    continue
                os.sync()
                cost = getattr(program, step)()
                costs[program].setdefault(step, []).append(cost)
                bench.check(program, step, wanted)
                if step == "cold":
                    sizes[program] = program.index_bytes()
                progress(bench, turn, runs, step, program, cost)
        for program in programs:
            program.end()
    return costs, sizes


def progress(bench, turn, runs, step, program, cost):
    print(f"{bench.kind} {bench.count} run {turn + 1}/{runs} {step:8} {program.name:36} {cost.cpu:8.2f} s", file=sys.stderr)


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
            ratio = ""
            if program.rival:
                ratio = f"{paired(found, costs[program.rival][step]):.1f}"
            print(f"| {title} | {program.name} | {spread(found)} | {middle(found, 'wall'):.2f} | {middle(found, 'peak') / 2**20:.0f} "
                  f"| {middle(found, 'written') / 2**20:.2f} | {ratio} |")
    print()
    gone = ", ".join(f"`{os.path.basename(path)}`" for path in bench.gone)
    print(f"+1 is `{os.path.basename(bench.one)}`; −1 is {gone}.")
    print("Index after the cold run, ours with its pages for people: " + "; ".join(
        f"{program.name} {size / 1e6:.3f} MB" + (f" (ours is {sizes[program.rival] / size:.2f} of it)" if program.rival else "")
        for program, size in sizes.items()) + ".")
    for program, steps in costs.items():
        if not program.rival:
            print(f"Most memory of {program.name}: {peak(steps, 'one')}; {peak(steps, 'cold')}.")
    for program in costs:
        if program.note:
            print(f"Not equal: {program.name}: {program.note}.")
    if bench.kind == "debian":
        print("All sign (RSA 3072; the key is made beforehand; the gpg-agent that a command starts counts). Ours has more: an index of "
              "its own for the architecture all, touched when such a package is; and by-hash names.")
    elif bench.kind == "rpm":
        print("Nobody signs. Cold includes `init --unsigned`.")
    elif bench.kind == "helm" and len(costs) == 1:
        elsewhere(bench, next(iter(costs.values())))


def elsewhere(bench, ours):
    """Where no helm is: its figures of another day and machine, for what they are worth."""
    print("\nNo helm here. " + peers.HELM_SOURCE)
    if bench.count not in peers.HELM:
        print(f"Its figures are known for {' and '.join(map(str, peers.HELM))} charts only.")
        return
    print("\n| step | program, elsewhere | CPU s | peak MiB | CPU, helm's there ÷ ours here |")
    print("| --- | --- | --- | --- | --- |")
    for step, name, cpu, memory in peers.HELM[bench.count]:
        print(f"| {peers.STEPS[step]} | {name} | {cpu:.2f} | {memory} | {cpu / middle(ours[step], 'cpu'):.1f} |")


def middle(costs, part):
    return statistics.median(getattr(cost, part) for cost in costs)


def paired(costs, others):
    """The median of the ratios of CPU seconds, run by run."""
    return statistics.median(cost.cpu / other.cpu for cost, other in zip(costs, others))


def spread(costs, digits=3):
    cpu = sorted(cost.cpu for cost in costs)
    return f"{statistics.median(cpu):.{digits}f} ({cpu[0]:.{digits}f}–{cpu[-1]:.{digits}f})"


def peak(steps, step):
    return f"{peers.STEPS[step]} {max(cost.peak for cost in steps[step]) / 2**20:.0f} MiB (wanted: {LIMITS[step]} at most)"


@dataclass
class Growth:
    """What "+1" cost at one size, and its floor; a list entry for each run."""

    bench: Bench
    program: peers.Indexgen
    cold: measure.Cost
    documents: dict
    none: list = field(default_factory=list)
    one: list = field(default_factory=list)
    floor: list = field(default_factory=list)
    hashed: list = field(default_factory=list)

    @classmethod
    def begin(cls, bench):
        program = peers.ours(bench)[0]
        program.begin(0)
        cold = program.cold()
        bench.check(program, "cold", bench.count)
        return cls(bench, program, cold, program.documents())

    def add(self, turn, runs):
        """One more, another each time: what was known before would be found again."""
        self.bench.make_one_more(turn)
        os.sync()
        self.none.append(self.program.none())
        self.one.append(self.program.one())
        self.bench.check(self.program, "one", self.bench.count + turn + 1)
        now = self.program.documents()
        seconds, hashed = measure.floor([path for state, path in now.items() if state not in self.documents], self.bench.scratch)
        self.documents = now
        self.floor.append(measure.Cost(cpu=seconds))
        self.hashed.append(hashed)
        progress(self.bench, turn, runs, "one", self.program, self.one[-1])


def growth(benches, runs):
    """Adds to the repositories of all sizes in turns, and prints what it cost."""
    sizes = [Growth.begin(bench) for bench in benches]
    for turn in range(runs):
        for size in sizes:
            size.add(turn, runs)
    first = sizes[0]
    print(f"\n### {first.bench.kind}: growth of +1, n = {runs}\n")
    print("| packages | nothing changed, CPU s | +1, CPU s (least–most) | ÷ first | floor, CPU s (least–most) | ÷ first | +1 ÷ floor "
          "| hashed MiB | written MiB | peak MiB: +1, cold |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for size in sizes:
        print(f"| {size.bench.count} | {middle(size.none, 'cpu'):.3f} | {spread(size.one)} | {paired(size.one, first.one):.2f} "
              f"| {spread(size.floor, 4)} | {paired(size.floor, first.floor):.2f} | {paired(size.one, size.floor):.1f} "
              f"| {statistics.median(size.hashed) / 2**20:.2f} | {middle(size.one, 'written') / 2**20:.2f} "
              f"| {max(cost.peak for cost in size.one) / 2**20:.0f}, {size.cold.peak / 2**20:.0f} |")
    print("\nThe floor is SHA-256 of the documents that were touched, open and as published, and writing what is published, in this run. "
          f"Wanted, MiB at most: +1 {LIMITS['one']}, cold {LIMITS['cold']}.")


def first_line(*command):
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    lines = (found.stdout + found.stderr).strip().splitlines()
    return lines[0] if lines else None


def file_system(path):
    return first_line("stat", "-f", "-c", "%T", path)


def peers_folder():
    return os.path.abspath(os.environ["PEERS"])


def wheel_program():
    """createrepo_c of the wheel itself: its Python wrapper would count otherwise."""
    found = glob.glob(os.path.join(peers_folder(), "../lib/python3*/site-packages/createrepo_c/data/bin/createrepo_c"))
    if not found:
        raise measure.Failed(f"{peers_folder()}: no createrepo-c from PyPI beside it")
    return found[0]


def machine(kinds, scratch, line, compares):
    """Who measured where, when, and with what."""
    with open("/proc/cpuinfo") as file:
        model = next((row.split(":", 1)[1].strip() for row in file if row.startswith("model name")), platform.machine())
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 2**20
    with open("/etc/os-release") as file:
        system = next((row.split("=", 1)[1].strip().strip('"') for row in file if row.startswith("PRETTY_NAME")), "Linux")
    load = os.getloadavg()[0]
    print(f"{datetime.date.today()}, {model}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}, Linux {platform.release()}; "
          f"load at the start {load:.1f}; on {file_system(scratch)}. Files in the page cache; medians; ratios of paired runs. "
          f"Absolute times hold for this machine and day only.")
    versions = [first_line(os.environ["INDEXGEN"], "--version")]
    if "rpm" in kinds and compares:
        versions += [first_line(program, "--version") for program in (wheel_program(), "/usr/bin/createrepo_c")]
    if "debian" in kinds and compares:
        versions += [first_line("apt-ftparchive", "--version"), first_line("reprepro", "--version"), first_line("aptly", "version")]
    if "debian" in kinds:
        versions.append(first_line("gpg", "--version"))
    if "pypi" in kinds and compares:
        python = os.path.join(peers_folder(), "python")
        versions.append(first_line(python, "-c", "from importlib.metadata import version; print('dumb-pypi', version('dumb-pypi'))"))
        versions.append(first_line(python, "-V"))
    if "helm" in kinds and compares and shutil.which("helm"):
        versions.append(first_line("helm", "version", "--short"))
    print("; ".join(version for version in versions if version) + ".")
    print(f"Command: `{line}`", flush=True)


def room(kinds, counts, runs, keeps, compares):
    """Bytes of the scratch folder that are in use at once, at most."""
    needs = [[ROOM[kind] * (count + 200) for count in counts] for kind in kinds]
    if not compares:
        return (sum if keeps else max)(sum(need) for need in needs)
    return runs * sum(map(sum, needs)) if keeps else max(map(max, needs))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3, help="repetitions (default 3)")
    options.add_argument("--seed", type=int, default=1, help="of the packages (default 1)")
    options.add_argument("--scratch", default=tempfile.gettempdir(),
                         help="where to make, and remove, a working folder; /dev/shm keeps the costs of the disk's file system out")
    options.add_argument("--counts", type=lambda text: [int(word) for word in text.split(",")], default=[],
                         help="as COUNT, with commas (default 1000,10000,50000; growth 1000,10000,100000)")
    options.add_argument("what", nargs="*", metavar="growth|KIND|COUNT")
    given = options.parse_intermixed_args()
    compares = given.what[:1] != ["growth"]
    words = given.what[0 if compares else 1:]
    kinds = [word for word in words if not word.isdigit()] or list(KINDS)
    counts = {int(word) for word in words if word.isdigit()} | set(given.counts)
    counts = sorted(counts or {1000, 10_000, 50_000 if compares else 100_000})
    if not set(kinds) <= set(KINDS) or not all(64 <= count <= MOST for count in counts) or not 1 <= given.runs <= 100:
        options.error(f"a kind is one of {', '.join(KINDS)}; a count from 64 to {MOST}; runs from 1 to 100")
    need = room(kinds, counts, given.runs, file_system(given.scratch) != "tmpfs", compares)
    if shutil.disk_usage(given.scratch).free < need:
        sys.exit(f"{given.scratch}: this wants {need / 1e9:.1f} GB of room")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    top = tempfile.mkdtemp(prefix="indexgen-bench-", dir=os.path.abspath(given.scratch))
    make = Comparison if compares else Bench
    try:
        machine(kinds, given.scratch, shlex.join(["Tests/Benchmarks/run.sh", *sys.argv[1:]]), compares)
        for kind in kinds:
            groups = [[count] for count in counts] if compares else [counts]
            for group in groups:
                with contextlib.ExitStack() as stack:
                    benches = [stack.enter_context(contextlib.closing(make(kind, count, given.seed, os.path.join(top, f"{kind}-{count}"))))
                               for count in group]
                    if compares:
                        table(benches[0], given.runs, *compare(benches[0], given.runs))
                    else:
                        growth(benches, given.runs)
                sys.stdout.flush()
    except measure.Failed as fault:
        sys.exit(f"compare.py: {fault}")
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
