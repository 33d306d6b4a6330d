"""The programs that are compared, and their command lines.

A program has a folder of its own and answers to steps: cold, none (nothing changed), one, drop, hundred; ours also to `all`, the whole
index from the catalog. Before each step the source folder (`bench.source`; for dumb-pypi the list `bench.listing`) is what the repository
shall be; `bench.one` is the one new file, the folder `bench.hundred` has the hundred.
"""
import glob
import gzip
import json
import os
import re
import shlex
import shutil
import subprocess

from measure import Cost, size

STEPS = {"cold": "cold", "all": "cold, from the catalog", "none": "nothing changed", "one": "+1", "drop": "−1", "hundred": "+100"}


class Program:
    """`name` as in the table; `note`: what its work lacks or has more than ours."""

    opens_packages = True

    def __init__(self, bench, name, note="", rival=None):
        self.bench, self.name, self.note, self.rival = bench, name, note, rival

    def begin(self, turn):
        """A fresh folder. Old ones stay until the end of all: ext4 without a journal is slow to give out the inodes of files that were
        removed in the last minutes, and would charge whoever makes files next."""
        self.folder = os.path.join(self.bench.scratch, f"run{turn}", re.sub(r"\W+", "-", self.name))
        os.makedirs(self.folder)
        self.prepare()

    def prepare(self):
        """Not measured."""

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
    if path.endswith(".gz"):
        with gzip.open(path) as file:
            head = file.read(1000)
    else:
        head = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout[:1000]
    return int(re.search(rb'packages="(\d+)"', head)[1])


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
        self.last = (added[0]["name"], added[0]["version"])
        return cost

    def drop(self):
        return self.call("--quiet", "remove", f"packages/{self.bench.kind}", *self.last)

    def hundred(self):
        return self.call("--quiet", "add", self.bench.hundred)

    def all(self):
        return self.call("--quiet", "generate", "--all")

    def index_bytes(self):
        # Without the packages and what is cut out of them.
        return size(os.path.join(self.site, "public"),
                    leave_out=lambda path: path.endswith((".rpm", ".deb", ".whl", ".tar.gz", ".tgz", ".metadata")))

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
        return self.run("reprepro", "-b", ".", "--silent", "remove", "test", os.path.basename(self.bench.one).split("_")[0])

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
        return self.aptly("repo", "remove", "r", os.path.basename(self.bench.one).split("_")[0]) + self.update()

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


def programs(bench):
    """Ours first where a comparison wants it: `rival` names the one of ours to compare with."""
    if bench.kind == "rpm":
        zstd, gz = Indexgen(bench, "indexgen (zstd)"), Indexgen(bench, "indexgen (gz)", "\nrpm: {compression: gz}\n")
        new, old = bench.createrepo, "/usr/bin/createrepo_c"
        return [
            zstd, gz, Createrepo(bench, "createrepo_c 1.2.5 (zstd)", new, [], rival=zstd),
            Createrepo(bench, "createrepo_c 1.2.5 (gz, no sqlite)", new, ["--general-compress-type=gz"], rival=gz),
            Createrepo(bench, "createrepo_c 0.17 (gz, no sqlite)", old, ["--no-database"], rival=gz),
        ]
    if bench.kind == "debian":
        ours = Indexgen(bench, "indexgen", signed=True)
        return [
            ours, AptFtparchive(bench, "apt-ftparchive generate", rival=ours),
            Reprepro(bench, "reprepro", "no SHA512; copies the pool; “nothing changed” is `export`", rival=ours),
            Aptly(bench, "aptly", "gz and bz2, no xz; links or copies the pool; “nothing changed” is `publish update`", rival=ours),
        ]
    if bench.kind == "pypi":
        ours = Indexgen(bench, "indexgen")
        note = "opens no package; writes no PEP 691 JSON, no .gz twins, no .metadata"
        return [
            ours, DumbPyPI(bench, "dumb-pypi", note=note, rival=ours),
            DumbPyPI(bench, "dumb-pypi (no per-release JSON)", ["--no-per-release-json"], note=note, rival=ours),
        ]
    ours = Indexgen(bench, "indexgen")
    found = [ours]
    if shutil.which("helm"):
        found += [
            Helm(bench, "helm repo index", note="+1, +100: merge into the index; −1, nothing changed: all over", rival=ours),
            Helm(bench, "helm repo index --json", ["--json"], note="the same", rival=ours),
        ]
    return found
