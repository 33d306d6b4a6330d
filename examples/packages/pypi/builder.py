"""A build backend (PEP 517) that is just enough for this package and makes the same bytes every time."""

import base64
import hashlib
import io
import os
import pathlib
import tarfile
import time
import zipfile

HERE = pathlib.Path(__file__).parent
MODULES = ["indexgen_hello/__init__.py", "indexgen_hello/__main__.py"]


def epoch() -> int:
    return int(os.environ.get("SOURCE_DATE_EPOCH", 1767225600))


def version() -> str:
    """A source archive knows its version from PKG-INFO; the sources beside build.sh are told."""
    info = HERE / "PKG-INFO"
    if info.exists():
        return next(line.split(": ", 1)[1] for line in info.read_text().splitlines() if line.startswith("Version: "))
    return os.environ["SAMPLE_VERSION"]


def metadata() -> str:
    return (
        f"Metadata-Version: 2.1\nName: indexgen-hello\nVersion: {version()}\nSummary: Says hello\n"
        "Home-page: https://example.org/indexgen-hello\nLicense: Apache-2.0\nRequires-Python: >=3.8\n"
    )


def build_wheel(directory, config_settings=None, metadata_directory=None) -> str:
    info = f"indexgen_hello-{version()}.dist-info"
    files = [(name, (HERE / name).read_bytes()) for name in MODULES]
    files.append((f"{info}/METADATA", metadata().encode()))
    files.append((f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: builder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"))
    record = ""
    for name, content in files:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    files.append((f"{info}/RECORD", (record + f"{info}/RECORD,,\n").encode()))
    filename = f"indexgen_hello-{version()}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(directory) / filename, "w") as archive:
        for name, content in files:
            member = zipfile.ZipInfo(name, time.gmtime(epoch())[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content)
    return filename


def build_sdist(directory, config_settings=None) -> str:
    import gzip

    root = f"indexgen_hello-{version()}"
    files = {name: (HERE / name).read_bytes() for name in [*MODULES, "builder.py", "pyproject.toml"]}
    files["PKG-INFO"] = metadata().encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(f"{root}/{name}")
            member.size, member.mtime, member.mode = len(files[name]), epoch(), 0o644
            archive.addfile(member, io.BytesIO(files[name]))
    filename = f"{root}.tar.gz"
    (pathlib.Path(directory) / filename).write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))
    return filename
