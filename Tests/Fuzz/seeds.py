#!/usr/bin/env python3
"""seeds.py TO FOLDER…   Writes each target's seeds below TO, made of the package files in the folders; and a few made up.

Files of more than 64 KiB are left out, and so is what would only be a second one of its kind: the fuzzer wants many small ones.
"""
import base64, bz2, gzip, hashlib, io, json, lzma, pathlib, struct, subprocess, sys, tarfile, zipfile, zlib

LARGEST = 64 << 10
out = pathlib.Path(sys.argv[1])


def seed(target, data, name=None):
    if len(data) > LARGEST:
        return
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data if name is None else name.encode() + b"\n" + data)


def compressions(data):
    """The same bytes in every codec."""
    seed("gzip", gzip.compress(data, mtime=0))
    seed("deflate", gzip.compress(data, mtime=0)[10:-8])
    seed("bzip2", bz2.compress(data))
    seed("xz", lzma.compress(data))
    seed("xz", lzma.compress(data, check=lzma.CHECK_NONE) + lzma.compress(data, check=lzma.CHECK_SHA256))
    seed("lzma", lzma.compress(data, format=lzma.FORMAT_ALONE))
    for options in (["-1"], ["-19", "--no-check"], ["-3", "--long=20"]):
        try:
            seed("zstd", subprocess.run(["zstd", "-qc", *options], input=data, capture_output=True, check=True).stdout)
        except FileNotFoundError:
            pass


def trimmed(tar):
    """Without the zeros that fill a tape's record; two blocks of them are the end."""
    tar = tar.rstrip(b"\0")
    return tar + bytes(-len(tar) % 512 + 1024)


def rpm(path, data):
    """The file without most of its payload, and its main header."""
    def length(at):
        entries, size = struct.unpack(">II", data[at + 8 : at + 16])
        return 16 + entries * 16 + size

    seed("rpm", data, path.name)
    start = 96 + length(96)
    start += -start % 8
    if data[start : start + 4] == b"\x8e\xad\xe8\x01":
        end = start + length(start)
        seed("rpm-header", data[start:end])
        payload = data[end : end + LARGEST]
        for magic, target in ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ", "xz"), (b"BZh", "bzip2")):
            if payload.startswith(magic):
                seed(target, payload[: 8 << 10])


def deb(path, data):
    seed("deb", data, path.name)
    position, members = 8, []
    while position + 60 <= len(data):
        name, size = data[position : position + 16].strip(), int(data[position + 48 : position + 58])
        members.append((name, data[position + 60 : position + 60 + size]))
        position += 60 + size + size % 2
    for name, content in members:
        if name.startswith(b"control.tar"):
            seed("xz" if name.endswith(b"xz") else "gzip", content)
            plain = trimmed(lzma.decompress(content) if name.endswith(b"xz") else gzip.decompress(content))
            seed("tar", plain)
            # The same package with its control archive in the open.
            whole = b"!<arch>\n"
            for part, inner in ((b"debian-binary", b"2.0\n"), (b"control.tar", plain), (b"data.tar", b"")):
                whole += part.ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"100644".ljust(8) + str(len(inner)).encode().ljust(10)
                whole += b"`\n" + inner + b"\n" * (len(inner) % 2)
            seed("deb", whole, path.name)
            seed("ar", whole)
            with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
                for member in archive:
                    if member.isfile() and member.name.lstrip("./") == "control":
                        seed("control", archive.extractfile(member).read())
    seed("ar", data)


def wheel(path, data):
    seed("wheel", data, path.name)
    seed("zip", data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".dist-info/METADATA"):
                seed("metadata", archive.read(name))


def tarball(path, data):
    """A chart, a package of npm or a source archive: as it is, and in the open."""
    plain = trimmed(gzip.decompress(data))
    if plain.startswith(b"package/"):
        seed("npm", data, path.name)
        seed("npm", plain, path.name)
        return
    target = "chart" if path.suffix == ".tgz" else "sdist"
    seed(target, data, path.name)
    seed("gzip", data)
    files = {}
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        for member in archive:
            if member.isfile() and member.name.count("/") == 1:
                files[member.name] = archive.extractfile(member).read()
    for name, content in files.items():
        if name.endswith(("/Chart.yaml", "/requirements.yaml")):
            seed("chart-yaml", content)
        if name.endswith("/PKG-INFO"):
            seed("metadata", content)
    # A small one with what is read and nothing else.
    small = io.BytesIO()
    with tarfile.open(fileobj=small, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            if name.endswith(("/Chart.yaml", "/requirements.yaml", "/PKG-INFO")):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    seed(target, trimmed(small.getvalue()), path.name)
    seed(target, plain, path.name)
    seed("tar", trimmed(small.getvalue()))


def crate(path, data):
    seed("crate", data, path.name)
    seed("crate", trimmed(gzip.decompress(data)), path.name)


def module(path, data):
    """Of zips those of Go: all that is in them lies below MODULE@VERSION/."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if all("@v" in name for name in archive.namelist()):
            seed("module", data, path.name)


def maven(path, data):
    seed("maven", data, path.name)


def pacman(path, data):
    """A package of pacman: as it is, and in the open."""
    seed("pacman", data, path.name)
    plain = gzip.decompress(data) if path.suffix == ".gz" else lzma.decompress(data) if path.suffix == ".xz" else None
    if plain:
        seed("pacman", trimmed(plain), path.name)


def apk(path, data):
    """A package of apk, and what its .PKGINFO says."""
    seed("apk", data, path.name)
    with tarfile.open(fileobj=io.BytesIO(data), ignore_zeros=True) as archive:
        text = archive.extractfile(".PKGINFO").read()
        seed("apk", b"\n".join(line for line in text.splitlines() if not line.startswith(b"datahash")), path.name)


readers = {".crate": crate, ".zip": module, ".pom": maven, ".jar": maven, ".rpm": rpm, ".deb": deb, ".whl": wheel}
readers |= {".apk": apk, ".tgz": tarball, ".gz": tarball}
for folder in sys.argv[2:]:
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or path.stat().st_size > 4 << 20:
            continue
        data = path.read_bytes()
        if ".pkg.tar" in path.name:
            pacman(path, data)
        elif path.suffix == ".prov":
            seed("chart", data, path.name)
        elif path.suffix in (".yaml", ".yml"):
            seed("chart-yaml", data)
        elif path.suffix in readers:
            try:
                readers[path.suffix](path, data)
            except Exception as fault:  # Odd packages are among the fixtures on purpose.
                print(f"{path}: no more seeds of this one: {fault}", file=sys.stderr)

# Made up: what the packages at hand do not have.
for data in (b"", b"x", b"hello " * 400, bytes(70000), bytes(range(256)) * 8):
    compressions(data)
    seed("segment", data[:2000])

# Everything that databases and indexes of packages repeat, and a signature by its form.
for field in ("pacman", "apk"):
    text = "pkgname = a\npkgver = %s\npkgdesc = \xe9 <b>\nurl = u\nsize = 1\nbuilddate = 2\narch = any\nlicense = MIT\n"
    if field == "apk":
        text = text % "1.2b_rc3-r4" + "origin = o\nmaintainer = m\ncommit = c\nprovider_priority = 3\ndepend = b>=1 !c so:d.so.1~2\n"
        seed("apk", (text + "provides = cmd:a=1-r0\ninstall_if = b c=1\ntriggers = /usr\n").encode(), "a.apk")
    else:
        text = text % "1:2.0~rc1-3.1" + "pkgbase = b\nxdata = pkgtype=pkg\npackager = p\ngroup = g\nreplaces = r<1\nconflict = c\n"
        text += "provides = libp.so=1-64\ndepend = d>=1:2\noptdepend = o: why\nmakedepend = m\ncheckdepend = k=1\nbackup = etc/b\n"
        whole = io.BytesIO()
        with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, content in ((".BUILDINFO", b""), (".PKGINFO", text.encode()), ("usr/\xe9\\x", b"x")):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        seed("pacman", trimmed(whole.getvalue()), "a.pkg.tar")
seed("pacman", b"\x88\x3c\x04\x00\x01\x08" + bytes([7]) * 56, "a-b-1:2-3.1-any.pkg.tar.zst.sig")

# A POM with everything that is read, and a plug-in's jar.
pom = (
    "<?xml version='1.0' encoding='ISO-8859-1'?><project xmlns='http://maven.apache.org/POM/4.0.0'><modelVersion>4.0.0</modelVersion>"
    "<parent><groupId>g.h</groupId><artifactId>p</artifactId><version>1</version></parent><artifactId>a-maven-plugin</artifactId>"
    "<version>${v}-SNAPSHOT</version><packaging>maven-plugin</packaging><name>a ${project.artifactId} &amp; \xe9</name><url>u</url>"
    "<properties><v>1.${w}</v><w>2</w></properties><licenses><license><name>MIT</name></license></licenses>"
    "<distributionManagement><relocation><groupId>o</groupId></relocation></distributionManagement></project>"
)
seed("maven", pom.encode("latin-1"), "a-maven-plugin-1.2-20260101.000000-1.pom")
seed("maven", pom.replace("ISO-8859-1", "UTF-16").encode("utf-16"), "pom.xml")
jar = io.BytesIO()
with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, text in (
        ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n"),
        ("META-INF/maven/g/a/pom.properties", "#x\nversion=1.0\ngroupId=g\nartifactId=a\n"),
        ("META-INF/maven/plugin.xml", "<plugin><name>A</name><artifactId>a</artifactId><goalPrefix>x</goalPrefix></plugin>"),
    ):
        archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
seed("maven", jar.getvalue(), "a-1.0.jar")

# Manifests of every kind, and images in archives: a layout, and what docker save wrote.
OCI, DOCKER = "application/vnd.oci.image.", "application/vnd.docker."


def named(type, content, **more):
    return {"mediaType": type, "digest": "sha256:" + hashlib.sha256(content).hexdigest(), "size": len(content), **more}


def written(value):
    return json.dumps(value, separators=(",", ":")).encode()


def packed(*files):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as file:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    return trimmed(archive.getvalue())


layer, about = b"layer", named(OCI + "manifest.v1+json", b"subject")
config = written({"os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}})
image = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": named(OCI + "config.v1+json", config),
         "layers": [named(OCI + "layer.v1.tar", layer)]}
more = {"artifactType": "application/spdx+json", "subject": about, "annotations": {"org.opencontainers.image.title": "a\u00e9\n"}}
inner = named(OCI + "manifest.v1+json", written(image), platform={"os": "linux", "architecture": "arm64"})
index = {"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": [inner], **more}
foreign = named(DOCKER + "image.rootfs.foreign.diff.tar.gzip", b"x", urls=["https://example.org/x"])
docker = {"schemaVersion": 2, "mediaType": DOCKER + "distribution.manifest.v2+json",
          "config": named(DOCKER + "container.image.v1+json", config, data=base64.b64encode(config).decode()), "layers": [foreign]}
list_ = {"schemaVersion": 2, "mediaType": DOCKER + "distribution.manifest.list.v2+json", "manifests": [inner]}
for manifest in (image, image | more, index, docker, list_, {k: v for k, v in image.items() if k != "mediaType"}):
    seed("container", written(manifest), "1.0")
blobs = [(f"blobs/sha256/{hashlib.sha256(data).hexdigest()}", data) for data in (layer, config, written(image), written(index))]
top = named(OCI + "index.v1+json", written(index), annotations={"io.containerd.image.name": "docker.io/library/app:1.0"})
tagged = inner | {"annotations": {"org.opencontainers.image.ref.name": "arm"}}
for references in ([top], [tagged], [inner, top]):
    listed = ("index.json", written({"schemaVersion": 2, "manifests": references}))
    seed("image-archive", packed(("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), listed, *blobs))
entry = {"Config": "c.json", "RepoTags": ["team/app:1.0", "app:latest"], "Layers": ["a/layer.tar"]}
for entries in ([entry], [entry | {"RepoTags": None}]):
    seed("image-archive", packed(("c.json", config), ("a/layer.tar", layer), ("manifest.json", written(entries))))

# Kept segments: version, form, level, two sizes, a checksum of the packed bytes, what the form needs besides, a checksum of all that.
for form, level, more in ((0, 0, b""), (1, 1, bytes(4)), (2, 0, b"\1"), (3, 1, b"")):
    packed = bytes(range(40))
    summary = bytes([1, form, level, len(packed), len(packed)]) + struct.pack("<I", zlib.crc32(packed)) + more
    seed("segment", summary + struct.pack("<I", zlib.crc32(summary)) + packed)

formats = {"gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT, "ustar": tarfile.USTAR_FORMAT}
for format in formats.values():
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=format) as file:
        for name, kind in (("a/", b"5"), ("a/b", b"0"), ("a/" + "n" * 90 + "/" + "m" * 60, b"0"), ("a/l", b"2"), ("a/h", b"1")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "b" if kind in b"12" else ""
            member.size = 5 if kind == b"0" else 0
            file.addfile(member, io.BytesIO(b"hello") if member.size else None)
    seed("tar", trimmed(archive.getvalue()))

for mode in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", mode) as file:
        file.writestr("a/b.txt", "hello " * 20)
        file.writestr("\u00fcmlaut", "")
        with file.open("streamed", "w", force_zip64=True) as member:
            member.write(b"x" * 100)
        file.comment = b"comment"
    seed("zip", archive.getvalue())

for text in (
    "Package: hello\nVersion: 1:2.10-3+b1\nArchitecture: amd64\nDescription: says hello\n in\n .\n lines\n",
    "Package: x1\nSource: lib (1.0-1)\nVersion: 0~rc1\nArchitecture: all\nPackage-Type: udeb\nSize: 5\n",
):
    seed("control", text.encode())
for text in (
    "Metadata-Version: 2.4\nName: Foo.Bar_baz\nVersion: 1!2.0rc1.post2.dev3+local.7\nSummary: a\n b\nRequires-Python: >=3.8, !=3.9.*\n\nbody",
    "Name: a\r\nVersion: v1.0-1\r\nRequires-Python: ~=3.7; x\r\n",
):
    seed("metadata", text.encode())
for text in (
    "apiVersion: v2\nname: a\nversion: 1.2.3-rc.1+b\nappVersion: 1.10\nkeywords: [a, 'b', \"c\\u0041\"]\nannotations: {y: no, 1e3: |\n x\n }\n",
    "name: &n a\nversion: 1.0.0\ndescription: >-\n  folded\n  text\nmaintainers:\n- {name: *n, email: a@b}\n<<: {icon: x}\ntags: ~\n",
    "apiVersion: v1\nname: a\nversion: v1\ndeprecated: true\ndependencies:\n- name: b\n  version: '>1'\n  import-values: [{child: a, parent: b}, 1.5, 0x1f]\n",
):
    seed("chart-yaml", text.encode())
for text in (
    "",
    "base_url: https://packages.example.org/x\ndefaults: {owner: acme, group: el9, distribution: bookworm, component: main}\n"
    "retention: 2d\nsegment_bytes: 65536\nsigning: {keys: [0123456789ABCDEF0123456789ABCDEF01234567]}\n"
    "limits: {file_bytes: 1000, ratio: 7, depth: 3}\nrpm:\n  compression: gz\n  changelog_limit: -1\n  groups:\n    'el*': {profile: el7, gpgcheck: true}\n"
    "debian:\n  origin: x\n  architectures: [amd64, arm64]\n  compression: [gz, zst]\n  valid_for_days: 7\n  distributions: {bookworm: {label: y}}\n"
    "helm: {index: json, yaml_limit_kib: 4}\npypi: {platform_tags: pypi}\n",
):
    seed("settings", text.encode())
for pair in (
    "1.0\n1.0-0", "1:2.0~rc1-1\n2.0+dfsg-1", "1!2.0rc1.post2.dev3+ubuntu.1\nv1.0-ALPHA_1", "1.2.3-rc.1+build\nv1.2", "1.0^git1\n1.0~~a",
    ">=3.8, !=3.9.*\n~=1.2", "foo*\nfoobar", "1:1.0-1.el9\n00012.a.b~c", "1.0.0-alpha.1\n1.0.0-alpha.beta",
):
    seed("versions", pair.encode())

for text in (
    '{"name":"demo","vers":"1.0.0","deps":[{"name":"a","req":"^1","target":null,"optional":true}],"features":{"x":["dep:a"]},"v":-2.5e+3}',
    ' [ "\\u0041\\ud83d\\ude00\\/\\"", 0, -0, 1E5, [ ], { }, {"":false, "\u00e9":"\u20ac"} ]\n',
):
    seed("json", text.encode())
for text in (
    '# c\n[package]\nname = "demo"\nversion = \'1.0\'\n[[bin]]\nname = "a"\n[[bin]]\n[dependencies.x]\nfeatures = [\n "a", # b\n]\noptional = true\n',
    'a."b c".d = 0x1F\ne = {f.g = 1, h = []}\nt = 1979-05-27 07:32:00.5+01:00\nn = [+1_0, -2.5e-3, inf, 07:32:00]\r\n',
    's = """\na\\\n  b\\u00e9"""\nl = \'\'\'x\'\'\'\n[a.b]\n[a]\nc.d = "\\"\\t"\n[a.c.e]\n',
):
    seed("toml", text.encode())
for name in ("demo", "%40acme/demo"):
    statement = '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"pkg:npm/%s@1.0.0-rc.1","digest":{"sha512":"%s"}}],' % (name, "ab" * 64)
    statement += '"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}'
    bundle = '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"tlogEntries":[]},"dsseEnvelope":{"payload":"%s",'
    bundle += '"payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"AAAA"}]}}'
    seed("npm", (bundle % base64.b64encode(statement.encode()).decode()).encode(), "demo-1.0.0-rc.1.sigstore")
for text, file in ((b'{"name":"demo"}', bytes(range(40))), (b"", b"")):
    seed("frames", b"\5" + struct.pack("<I", len(text)) + text + struct.pack("<I", len(file)) + file)
for text in (
    '{"name":"a","versions":{"1":{"dist":{}}},"_attachments":{"a-1.tgz":{"content_type":"x","data":"QUJDRA==","length":4}},"access":null}',
    '{ "_\\u0061ttachments" : {"a" : {"data":"Pz8\\/Pj4\\u002b","n":[1,true]}, "b":{"data":""},"c":{}},"d":"\\\\\\""}\n',
):
    seed("document", b"\2" + text.encode())
