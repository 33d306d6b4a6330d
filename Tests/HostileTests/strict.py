"""Reads a repository as a strict stranger would: strict.py TYPE FOLDER COUNT. Says what is wrong and ends with 1."""
import gzip
import hashlib
import html.parser
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree as tree

kind, root, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
faults = []


def need(condition, *words):
    if not condition:
        faults.append(" ".join(repr(word) if not isinstance(word, str) else word for word in words))


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def inside(path):
    """A path that stays in the repository and is a plain file."""
    full = os.path.normpath(os.path.join(root, path))
    need(full.startswith(root + "/"), "leads out:", path)
    need(os.path.isfile(full) and not os.path.islink(full), "is not there:", path)
    return full


def unique(pairs):
    keys = [key for key, _ in pairs]
    need(len(keys) == len(set(keys)), "keys come twice:", keys)
    return dict(pairs)


def rpm():
    metadata = "{http://linux.duke.edu/metadata/%s}"
    repomd = tree.parse(root + "/repodata/repomd.xml").getroot()
    ids = {}
    for data in repomd.findall(metadata % "repo" + "data"):
        name = data.get("type")
        text = gzip.open(inside(data.find(metadata % "repo" + "location").get("href"))).read()
        need(not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", text), name, "holds control characters")
        text.decode("utf-8")
        document = tree.fromstring(text)
        space = metadata % ("common" if name == "primary" else name)
        packages = document.findall(space + "package")
        need(len(packages) == int(document.get("packages")) == count, name, "lists", len(packages), "packages, not", count)
        need(len(list(document)) == len(packages), name, "has strange elements")
        for package in packages:
            if name != "primary":
                ids.setdefault(name, set()).add(package.get("pkgid"))
                allowed = {"version", "file"} if name == "filelists" else {"version", "changelog"}
                need({child.tag for child in package} <= {space + tag for tag in allowed}, name, "has strange children")
                continue
            tags = [child.tag.replace(space, "") for child in package]
            need(tags == ["name", "arch", "version", "checksum", "summary", "description", "packager", "url", "time", "size",
                          "location", "format"], "primary has the children", tags)
            checksum = package.find(space + "checksum").text
            ids.setdefault(name, set()).add(checksum)
            need(sha256(inside(package.find(space + "location").get("href"))) == checksum, "another digest")
    need(ids["primary"] == ids["filelists"] == ids["other"], "the three documents list different packages")


def debian():
    stanzas = 0
    own = {"filename", "size", "md5sum", "sha256", "package", "version", "architecture"}
    for folder, _, files in os.walk(root + "/dists"):
        if "Packages" not in files or folder.endswith("-all") is False and "binary-amd64" not in folder:
            continue
        # binary-all is also a part of every other index.
        if folder.endswith("binary-all"):
            continue
        data = open(folder + "/Packages", "rb").read()
        need(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data), "Packages holds control characters")
        need(data.endswith(b"\n\n") and not data.startswith(b"\n") and b"\n\n\n" not in data, "blank lines")
        for stanza in data[:-2].split(b"\n\n"):
            stanzas += 1
            fields = {}
            # As Python reads text: every kind of line end ends a line.
            for line in re.split(rb"\r\n|\r|\n", stanza):
                if line[:1] in b" \t" and line:
                    need(line.strip() and fields, "a continuation of nothing")
                    continue
                match = re.fullmatch(rb"([!-9;-~]+)[ \t]*:(.*)", line, re.S)
                need(match, "no field:", line)
                name = match[1].decode("ascii").lower()
                need(name not in fields, "a field twice:", name)
                fields[name] = match[2].strip()
            need(own <= set(fields), "fields are missing:", own - set(fields))
            path = inside(fields["filename"].decode("ascii"))
            need(sha256(path) == fields["sha256"].decode("ascii"), "another digest:", path)
            need(os.path.getsize(path) == int(fields["size"]), "another size:", path)
            need("status" not in fields and "sha512" not in fields, "fields of strangers")
    need(stanzas == count, "there are", stanzas, "stanzas, not", count)


def helm():
    text = open(root + "/index.yaml", "rb").read().decode("utf-8")
    need(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", text), "index.yaml holds unprintable characters")
    index = json.loads(text, object_pairs_hook=unique)
    need(set(index) == {"apiVersion", "entries", "generated"}, "index.yaml has the keys", list(index))
    try:
        import yaml
        need(yaml.load(text, Loader=yaml.BaseLoader) is not None, "no YAML")
    except ImportError:
        pass
    listed = 0
    for name, versions in index["entries"].items():
        for entry in versions:
            listed += 1
            need(entry["name"] == name and len(entry["urls"]) == 1, "an odd entry:", name)
            path = inside(urllib.parse.unquote(entry["urls"][0]))
            need(sha256(path) == entry["digest"], "another digest:", path)
            need(isinstance(entry["version"], str) and entry["created"].endswith("Z"), "an odd entry:", name)
    need(listed == count, "there are", listed, "entries, not", count)


def goproxy():
    listed = 0
    for folder, _, files in os.walk(root):
        if "list" in files and folder.endswith("/@v"):
            versions = open(folder + "/list", "rb").read().decode("ascii").splitlines()
            listed += len(versions)
            for version in versions:
                info = json.load(open(inside(os.path.relpath(folder, root) + f"/{version}.info")), object_pairs_hook=unique)
                need(set(info) == {"Version", "Time"} and info["Version"] == version, "an odd .info:", version)
                need(open(folder + f"/{version}.mod", "rb").read().startswith(b"module "), "an odd .mod:", version)
    need(listed == count, "there are", listed, "versions, not", count)


def cargo():
    listed = 0
    for folder, _, files in os.walk(root):
        if folder.startswith(root + "/api") or folder == root:
            continue
        for name in files:
            if name.endswith(".gz"):
                continue
            for line in open(f"{folder}/{name}", "rb").read().decode("utf-8").splitlines():
                listed += 1
                release = json.loads(line, object_pairs_hook=unique)
                need(release["name"].lower() == name, "another crate's line:", name)
                path = inside(f"api/v1/crates/{release['name']}/{release['vers']}/{release['cksum']}/download")
                need(sha256(path) == release["cksum"], "another digest:", path)
    need(listed == count, "there are", listed, "releases, not", count)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.tags = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "a":
            need(len(attributes) == len(dict(attributes)), "attributes twice:", attributes)
            self.links.append(dict(attributes))


def pypi():
    files = 0
    projects = json.load(open(root + "/simple/index.json"), object_pairs_hook=unique)["projects"]
    names = [project["name"] for project in projects]
    need(len(names) == len(set(names)), "projects come twice")
    for name in names:
        need(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name), "an odd name:", name)
        folder = "%s/simple/%s" % (root, name)
        raw = open(folder + "/index.html", encoding="utf-8").read()
        need(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", raw), name, "holds control characters")
        page = Page()
        page.feed(raw)
        need(set(page.tags) <= {"html", "head", "meta", "title", "body", "h1", "a", "br"}, name, "has the tags", set(page.tags))
        listed = json.load(open(folder + "/index.json"), object_pairs_hook=unique)["files"]
        need(len(listed) == len(page.links), name, "has two numbers of files")
        for link, file in zip(page.links, listed):
            files += 1
            known = {"href", "data-requires-python", "data-core-metadata", "data-dist-info-metadata", "data-yanked"}
            need(set(link) <= known, name, "has the attributes", list(link))
            address, digest = link["href"].split("#sha256=")
            path = inside(os.path.relpath(os.path.normpath(os.path.join(folder, urllib.parse.unquote(address))), root))
            need(sha256(path) == digest == file["hashes"]["sha256"], "another digest:", path)
            need(os.path.basename(path) == file["filename"], "another name:", path)
            need(link.get("data-requires-python") == file.get("requires-python"), name, "has two Requires-Pythons")
            if "core-metadata" in file:
                need(sha256(path + ".metadata") == file["core-metadata"]["sha256"], "another metadata:", path)
    need(files == count, "there are", files, "files, not", count)


{"rpm": rpm, "debian": debian, "helm": helm, "pypi": pypi, "goproxy": goproxy, "cargo": cargo}[kind]()
for fault in faults[:20]:
    print(fault)
sys.exit(1 if faults else 0)
