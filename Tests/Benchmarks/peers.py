"""The programs that are compared, and their command lines.

A program has a folder of its own and answers to steps: cold, none (nothing changed), one, drop, hundred; ours also to `all`, the whole
index from the catalog. Before each step the source folder (`bench.source`; for dumb-pypi the list `bench.listing`) is what the repository
shall be; `bench.one` is the one new file, `bench.gone` are those of the release to remove, the folder `bench.hundred` has the hundred.
"""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess

from measure import OPENERS, Cost, size, states

STEPS = {"cold": "cold", "all": "cold, from the catalog", "none": "nothing changed", "one": "+1", "drop": "−1", "hundred": "+100"}

# What stands in for helm where there is none, by number of charts: step, program, CPU seconds, peak MiB.
HELM_SOURCE = ("helm 4.2.3 was measured once on another machine (Debian 12, two shared cores, median of three, similar charts, files in the "
               "page cache), which is what the figures below are; a ratio across machines is a hint, no more.")
HELM = {
    1000: [("cold", "helm repo index", 0.91, 99), ("cold", "helm repo index --json", 0.69, 62),
           ("one", "helm repo index --merge", 0.57, 92)],
    10000: [("cold", "helm repo index", 5.09, 538), ("cold", "helm repo index --json", 3.37, 125),
            ("one", "helm repo index --merge", 4.27, 562)],
}


class Program:
    """`name` as in the table; `note`: what its work lacks or has more than ours."""

    opens_packages = True

    def __init__(self, bench, name, note="", rival=None):
        self.bench, self.name, self.note, self.rival = bench, name, note, rival

    def begin(self, turn):
        """A fresh folder."""
        self.folder = os.path.join(self.bench.scratch, f"run{turn}", re.sub(r"\W+", "-", self.name))
        os.makedirs(self.folder)
        self.prepare()

    def prepare(self):
        """Not measured."""

    def end(self):
        if not self.bench.keeps:
            shutil.rmtree(self.folder)

    def run(self, *command):
        return self.bench.run(list(command), self.folder)

    def shell(self, script):
        return self.bench.run(["sh", "-ec", script], self.folder)

    def index_bytes(self):
        raise NotImplementedError

    def listed(self):
        """How many packages the index lists; what is measured must be true."""
        raise NotImplementedError


def listed_rpms(path):
    opener = OPENERS[os.path.splitext(path)[1]]
    return subprocess.run([opener, "-dc", path], check=True, capture_output=True).stdout.count(b"<package ")


def listed(pattern, *paths):
    """How often a pattern occurs in files."""
    total = 0
    for path in paths:
        with open(path, "rb") as file:
            total += len(re.findall(pattern, file.read()))
    return total


class Indexgen(Program):
    """Ours. Settings are written before the packages come in; a signing key is made before, as the peers' is."""

    def __init__(self, bench, name="indexgen", settings="", signed=False, **others):
        super().__init__(bench, name, **others)
        self.settings, self.signed = settings, signed

    def prepare(self):
        self.site = os.path.join(self.folder, "site")
        if self.signed:
            self.init()

    def init(self):
        cost = self.run(self.bench.indexgen, "--quiet", "init", self.site, *([] if self.signed else ["--unsigned"]))
        with open(os.path.join(self.site, "indexgen.yaml"), "a") as file:
            file.write(self.settings)
        return cost

    def call(self, *words):
        return self.run(self.bench.indexgen, "--site", self.site, *words)

    def cold(self):
        first = Cost() if self.signed else self.init()
        return first + self.call("--quiet", "add", self.bench.source)

    def none(self):
        return self.call("--quiet", "generate")

    def one(self):
        cost = self.call("--json", "--quiet", "add", self.bench.one)
        with open(self.bench.log, encoding="utf-8") as log:
            added = [json.loads(line) for line in log if line.startswith("{")]
        assert [each["outcome"] for each in added] == ["added"], added
        return cost

    def drop(self):
        # Its name and version as the catalog has them, not as a file name does.
        self.call("--json", "list")
        name = os.path.basename(self.bench.gone[0])
        with open(self.bench.log, encoding="utf-8") as log:
            entry = json.loads(next(line for line in log if f'"file":"{name}"' in line))
        return self.call("--quiet", "remove", f"packages/{self.bench.kind}", entry["name"], entry["version"])

    def hundred(self):
        return self.call("--quiet", "add", self.bench.hundred)

    def all(self):
        return self.call("--quiet", "generate", "--all")

    # Packages and what is cut out of them: no part of the index.
    PACKAGES = (".rpm", ".deb", ".whl", ".tar.gz", ".tgz", ".metadata")

    def index_bytes(self):
        return size(os.path.join(self.site, "public"), leave_out=lambda name: name.endswith(self.PACKAGES))

    def documents(self):
        """Paths of what is published beside packages, by state."""
        return states(os.path.join(self.site, "public"), leave_out=lambda name: name.endswith(self.PACKAGES))

    def listed(self):
        top = os.path.join(self.site, "public/packages", self.bench.kind)
        if self.bench.kind == "rpm":
            # Superseded documents stay for a while; the root says which hold.
            with open(os.path.join(top, "repodata/repomd.xml"), encoding="utf-8") as file:
                path = re.search(r'href="(repodata/[^"]*primary\.xml\.\w+)"', file.read())[1]
            return listed_rpms(os.path.join(top, path))
        if self.bench.kind == "debian":
            return listed(rb"(?m)^Package: ", os.path.join(top, "dists/stable/main/binary-amd64/Packages"))
        if self.bench.kind == "pypi":
            return listed(rb"<a\s", *glob.glob(os.path.join(top, "simple/*/index.html")))
        return listed(rb'(?m)^ +"?digest"?: ?|"digest":', os.path.join(top, "index.yaml"))


class Createrepo(Program):
    def __init__(self, bench, name, program, options, **others):
        super().__init__(bench, name, **others)
        self.line = [program, "-q", *options]

    def cold(self):
        return self.run(*self.line, "-o", ".", self.bench.source)

    def update(self):
        return self.run(*self.line, "--update", "-o", ".", self.bench.source)

    none = one = drop = hundred = update

    def index_bytes(self):
        return size(os.path.join(self.folder, "repodata"))

    def listed(self):
        [path] = glob.glob(os.path.join(self.folder, "repodata/*primary.xml.*"))
        return listed_rpms(path)


class AptFtparchive(Program):
    """`generate` with its cache, then Release and two signatures. Its pool is the source folder."""

    def prepare(self):
        os.makedirs(os.path.join(self.folder, "dists/test/main/binary-amd64"))
        os.makedirs(os.path.join(self.folder, "cache"))
        os.makedirs(os.path.join(self.folder, "pool"))
        os.symlink(self.bench.source, os.path.join(self.folder, "pool/main"))
        with open(os.path.join(self.folder, "ftp.conf"), "w") as file:
            file.write('''Dir { ArchiveDir "."; CacheDir "./cache"; };
Default { Packages::Compress ". gzip xz"; Packages::Extensions ".deb"; DeLinkLimit 0; };
TreeDefault { BinCacheDB "packages-$(ARCH).db"; Directory "pool/$(SECTION)/"; Contents " ";
    Packages "$(DIST)/$(SECTION)/binary-$(ARCH)/Packages"; };
Tree "dists/test" { Sections "main"; Architectures "amd64"; };
''')

    def generate(self):
        fields = {"Codename": "test", "Suite": "test", "Components": "main", "Architectures": "amd64"}
        release = " ".join(f"-o APT::FTPArchive::Release::{key}={value}" for key, value in fields.items())
        return self.shell(f'''apt-ftparchive -q=2 -o APT::FTPArchive::Contents=false generate ftp.conf
rm -f dists/test/Release dists/test/InRelease dists/test/Release.gpg
apt-ftparchive {release} release dists/test > Release
mv Release dists/test/Release
{self.bench.gpg} --clearsign -o dists/test/InRelease dists/test/Release
{self.bench.gpg} -abs -o dists/test/Release.gpg dists/test/Release''')

    cold = none = one = drop = hundred = generate

    def index_bytes(self):
        return size(os.path.join(self.folder, "dists"))

    def listed(self):
        return listed(rb"(?m)^Package: ", os.path.join(self.folder, "dists/test/main/binary-amd64/Packages"))


class Reprepro(Program):
    def prepare(self):
        os.makedirs(os.path.join(self.folder, "conf"))
        with open(os.path.join(self.folder, "conf/distributions"), "w") as file:
            file.write("Suite: test\nCodename: test\nArchitectures: amd64\nComponents: main\n"
                       f"DebIndices: Packages Release . .gz .xz\nSignWith: {self.bench.key}\n")

    def include(self, folder):
        return self.shell(f"find {shlex.quote(folder)} -name '*.deb' -print0 | "
                          "xargs -0 -n 100000 -s 2000000 reprepro -b . --silent --ignore=extension includedeb test")

    def cold(self):
        return self.include(self.bench.source)

    def none(self):
        return self.run("reprepro", "-b", ".", "--silent", "export", "test")

    def one(self):
        return self.run("reprepro", "-b", ".", "--silent", "includedeb", "test", self.bench.one)

    def drop(self):
        return self.run("reprepro", "-b", ".", "--silent", "remove", "test", os.path.basename(self.bench.gone[0]).split("_")[0])

    def hundred(self):
        return self.include(self.bench.hundred)

    def index_bytes(self):
        return size(os.path.join(self.folder, "dists"))

    def listed(self):
        return listed(rb"(?m)^Package: ", os.path.join(self.folder, "dists/test/main/binary-amd64/Packages"))


class Aptly(Program):
    def prepare(self):
        with open(os.path.join(self.folder, "aptly.conf"), "w") as file:
            json.dump({"rootDir": self.folder, "architectures": ["amd64"], "skipLegacyPool": True, "gpgProvider": "gpg"}, file)

    def aptly(self, *words):
        return self.run("aptly", "-config=aptly.conf", *words)

    def update(self):
        return self.aptly("publish", "update", "-skip-contents", "-batch", f"-gpg-key={self.bench.key}", "test")

    def cold(self):
        return (self.aptly("repo", "create", "-component=main", "-distribution=test", "r")
                + self.aptly("repo", "add", "r", self.bench.source)
                + self.aptly("publish", "repo", "-skip-contents", "-batch", f"-gpg-key={self.bench.key}", "-architectures=amd64",
                             "-distribution=test", "r"))

    def none(self):
        return self.update()

    def one(self):
        return self.aptly("repo", "add", "r", self.bench.one) + self.update()

    def drop(self):
        return self.aptly("repo", "remove", "r", os.path.basename(self.bench.gone[0]).split("_")[0]) + self.update()

    def hundred(self):
        return self.aptly("repo", "add", "r", self.bench.hundred) + self.update()

    def index_bytes(self):
        return size(os.path.join(self.folder, "public/dists"))

    def listed(self):
        return listed(rb"(?m)^Package: ", os.path.join(self.folder, "public/dists/test/main/binary-amd64/Packages"))


class DumbPyPI(Program):
    """Gets names, digests and requires-python in a list."""

    opens_packages = False

    def __init__(self, bench, name, options=(), **others):
        super().__init__(bench, name, **others)
        self.options = options

    def line(self, *more):
        cost = self.run(self.bench.dumb_pypi, "--packages-url", "../../files/", "--output-dir", "out",
                        "--package-list-json", self.bench.listing, *self.options, *more)
        shutil.copyfile(self.bench.listing, os.path.join(self.folder, "previous.jsonl"))
        return cost

    def cold(self):
        return self.line()

    def update(self):
        return self.line("--previous-package-list-json", "previous.jsonl")

    none = one = drop = hundred = update

    def index_bytes(self):
        return size(os.path.join(self.folder, "out"))

    def listed(self):
        return listed(rb"<a\s", *glob.glob(os.path.join(self.folder, "out/simple/*/index.html")))


class Helm(Program):
    """Only where a helm is installed."""

    def __init__(self, bench, name, options=(), **others):
        super().__init__(bench, name, **others)
        self.options = options

    def cold(self):
        cost = self.run("helm", "repo", "index", self.bench.source, "--url", "http://localhost/", *self.options)
        os.replace(os.path.join(self.bench.source, "index.yaml"), os.path.join(self.folder, "index.yaml"))
        return cost

    none = drop = cold

    def merge(self, folder):
        cost = self.run("helm", "repo", "index", folder, "--url", "http://localhost/", "--merge", "index.yaml", *self.options)
        os.replace(os.path.join(folder, "index.yaml"), os.path.join(self.folder, "index.yaml"))
        return cost

    def one(self):
        return self.merge(os.path.dirname(self.bench.one))

    def hundred(self):
        return self.merge(self.bench.hundred)

    def index_bytes(self):
        return size(self.folder)

    def listed(self):
        return listed(rb'(?m)^ +digest: |"digest":', os.path.join(self.folder, "index.yaml"))


def ours(bench):
    """In what settings ours is compared; the first is the one it has by itself."""
    if bench.kind == "rpm":
        return [Indexgen(bench, "indexgen (zstd)"), Indexgen(bench, "indexgen (gz)", "\nrpm: {compression: gz}\n")]
    return [Indexgen(bench, "indexgen", signed=bench.kind == "debian")]


def programs(bench):
    """Ours first where a comparison wants it: `rival` names the one of ours to compare with."""
    found = ours(bench)
    default = found[0]
    if bench.kind == "rpm":
        new, old, gz = bench.createrepo, "/usr/bin/createrepo_c", found[1]
        found += [
            Createrepo(bench, "createrepo_c 1.2.5 (zstd)", new, [], rival=default),
            Createrepo(bench, "createrepo_c 1.2.5 (gz, no sqlite)", new, ["--general-compress-type=gz"], rival=gz),
            Createrepo(bench, "createrepo_c 0.17 (gz, no sqlite)", old, ["--no-database"], rival=gz),
        ]
    elif bench.kind == "debian":
        found += [
            AptFtparchive(bench, "apt-ftparchive generate", rival=default),
            Reprepro(bench, "reprepro", "no SHA512; copies the pool; “nothing changed” is `export`", rival=default),
            Aptly(bench, "aptly", "gz and bz2, no xz; links or copies the pool; “nothing changed” is `publish update`", rival=default),
        ]
    elif bench.kind == "pypi":
        note = "opens no package; writes no PEP 691 JSON, no .gz twins, no .metadata"
        found += [
            DumbPyPI(bench, "dumb-pypi", note=note, rival=default),
            DumbPyPI(bench, "dumb-pypi (no per-release JSON)", ["--no-per-release-json"], note=note, rival=default),
        ]
    elif shutil.which("helm"):
        found += [
            Helm(bench, "helm repo index", note="+1, +100: merge into the index; −1, nothing changed: all over", rival=default),
            Helm(bench, "helm repo index --json", ["--json"], note="the same", rival=default),
        ]
    return found
