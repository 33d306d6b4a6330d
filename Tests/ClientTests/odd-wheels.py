"""Odd wheels, and what real installers make of them.

odd-wheels.py make FOLDER: writes each form as FOLDER/KEY/KEY-2.0-py3-none-any.whl beside a sound KEY-1.0-py3-none-any.whl.
odd-wheels.py judge FOLDER BIN: asks pip and uv below BIN, and packaging, about each; prints a JSON object for each form:
{"key", "pip", "uv"} with `installs` (2.0 comes in), `passes` (1.0 does) or `stops` (nothing does), and "strict" for packaging."""
import base64, concurrent.futures, hashlib, json, os, shutil, subprocess, sys, tempfile, zipfile

HEAD = "Metadata-Version: 2.1\nName: {key}\nVersion: 2.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: odd\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
FORMS = {}


def form(key, metadata=HEAD + "\n", encoding="utf-8", **parts):
    FORMS[key] = dict(metadata=metadata.replace("{key}", key).encode(encoding), **parts)


def header(key, lines):
    form(key, HEAD + lines + "\n")


def wheel(key, text, encoding="utf-8"):
    form(key, wheel=text.encode(encoding))


form("plain")
form("authorlatin", HEAD + "Author: \u00c5sa\n\n", "latin-1")
form("bodylatin", HEAD + "\n\u00c5sa\n", "latin-1")
form("keylatin", HEAD + "X-M\u00f8d: y\n\n", "latin-1")
form("shift", HEAD + "Summary: \u30c6\n\n", "shift-jis")
form("marked", "\ufeff" + HEAD + "\n")
form("wide", HEAD + "\n", "utf-16-le")
form("colonname", "Metadata-Version: 2.1\nName : {key}\nVersion: 2.0\n\n")
form("colonversion", "Metadata-Version: 2.1\nName: {key}\nVersion\t: 2.0\n\n")
form("colonfirst", "Metadata-Version : 2.1\nName: {key}\nVersion: 2.0\n\n")
header("colonlater", "License : none\n")
form("padname", "Metadata-Version: 2.1\nName: {key}  \nVersion: 2.0\n\n")
form("padversion", "Metadata-Version: 2.1\nName: {key}\nVersion: 2.0  \n\n")
form("emptyfirst", "\n\n" + HEAD + "\n")
form("indented", "  Metadata-Version: 2.1\nName: {key}\nVersion: 2.0\n\n")
form("envelope", "From somebody\n" + HEAD + "\n")
form("prose", "Metadata-Version: 2.1\nplain prose\nName: {key}\nVersion: 2.0\n\n")
form("nothing", "")
form("noname", "Metadata-Version: 2.1\nVersion: 2.0\n\n")
form("noversion", "Metadata-Version: 2.1\nName: {key}\n\n")
form("dateversion", "Metadata-Version: 2.1\nName: {key}\nVersion: 2004d\n\n")
form("spacedname", "Metadata-Version: 2.1\nName: {key} two\nVersion: 2.0\n\n")
form("othername", "Metadata-Version: 2.1\nName: somebody\nVersion: 2.0\n\n")
form("otherversion", "Metadata-Version: 2.1\nName: {key}\nVersion: 2.1\n\n")
form("bigname", "Metadata-Version: 2.1\nName: BIGname\nVersion: 2.0\n\n")
form("zeros", "Metadata-Version: 2.1\nName: {key}\nVersion: 2.0.0\n\n")
form("future", HEAD.replace("2.1", "7.3") + "\n")
form("unnumbered", "Name: {key}\nVersion: 2.0\n\n")
form("oldmac", (HEAD + "\n").replace("\n", "\r"))
form("dos", (HEAD + "\n").replace("\n", "\r\n"))
form("doubled", HEAD + "Name: {key}\n\n")
header("summaries", "Summary: one\nSummary: two\n")
header("moods", "Mood: good\n")
header("types", "Content-Type: multipart/mixed; boundary=q\n")
header("pythonwords", "Requires-Python: three and up\n")
header("pythonstar", "Requires-Python: >=3.*\n")
header("needswords", "Requires-Dist: some words here\n")
header("needsnothing", "Requires-Dist:\n")
header("needsopen", "Requires-Dist: other (>=1\n")
header("needsmarker", "Requires-Dist: other; os_name ==\n")
header("needsmoon", "Requires-Dist: other; moon == 'full'\n")
header("needscomment", "Requires-Dist: other; extra == 'q' # why\n")
header("needsbare", "Requires-Dist: other 1.0; extra == 'q'\n")
header("needsstar", "Requires-Dist: other>=1.2.*; extra == 'q'\n")
header("needsdev", "Requires-Dist: other>dev; extra == 'q'\n")
header("needsfine", "Requires-Dist: other[a,b]>=1,<2; (os_name == 'nt' or extra == 'q') and python_version < '3'\n")
header("needsurl", "Requires-Dist: other @ https://127.0.0.1:1/o.whl ; extra == 'q'\n")
header("extras", "Provides-Extra: odd one\nProvides-Extra: odd one\n")
for key, version in dict(
    first="0.1", zero="0.0", second="2.0", third="3", minor="1.7", single="1", letters="1.b", padded="01.0", long="1.0.3", missing=""
).items():
    wheel("wheel" + key, WHEEL.replace("Version: 1.0", "Version: " + version))
wheel("wheelnone", "Generator: odd\n")
wheel("wheelsmall", WHEEL.lower())
wheel("wheellatin", WHEEL + "By: \u00c5sa\n", "latin-1")
wheel("wheelcolon", WHEEL.replace("Wheel-Version:", "Wheel-Version :"))
wheel("wheelnotag", "Wheel-Version: 1.0\n")
form("recordprose", record=b"no commas here\n")
form("recordfour", record=b"a,b,1,d\n")
form("recordblank", record=b"a.py,,\n\n")
form("recordsize", record=b"a.py,sha256=x,large\n")
form("recordlatin", record=b"\xc5sa.py,,\n")
form("recordquote", record=b'"a,b.py",,\n')
form("recordempty", record=b"")
form("commandbare", entry_points=b"[console_scripts]\nodd = odd\n")
form("commandpath", entry_points=b"[console_scripts]\n../odd = odd:main\n")
form("commandfine", entry_points=b"# odd\n[console_scripts]\nodd = odd:App.main\n[else]\nany = thing\n")
form("pointbare", entry_points=b"[else]\nanything\n")
form("dataodd", more={"{key}-2.0.data/etc/odd": b""})
form("datafine", more={"{key}-2.0.data/purelib/odd.py": b""})


def write(folder, key, version, metadata, wheel=WHEEL.encode(), record=None, entry_points=None, more=None):
    info = f"{key}-{version}.dist-info"
    files = [(f"{key}_module.py", b"x = 1\n"), (f"{info}/METADATA", metadata), (f"{info}/WHEEL", wheel)]
    files += [(f"{info}/entry_points.txt", entry_points)] if entry_points else []
    files += [(name.replace("{key}", key), content) for name, content in (more or {}).items()]
    rows = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},{len(content)}\n"
        for name, content in files)
    files.append((f"{info}/RECORD", (rows + f"{info}/RECORD,,\n").encode() if record is None else record))
    with zipfile.ZipFile(os.path.join(folder, f"{key}-{version}-py3-none-any.whl"), "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)


def make(root):
    for key, parts in FORMS.items():
        folder = os.path.join(root, key)
        os.makedirs(folder)
        write(folder, key, "1.0", f"Metadata-Version: 2.1\nName: {key}\nVersion: 1.0\n\n".encode())
        write(folder, key, "2.0", **parts)


def installs(command, key):
    target = tempfile.mkdtemp()
    try:
        run = subprocess.run(command + ["--target", target, key], capture_output=True, timeout=110)
        names = [name for name in os.listdir(target) if name.endswith(".dist-info")]
        if run.returncode or not names:
            return "stops"
        return "passes" if names[0].endswith("-1.0.dist-info") else "installs"
    finally:
        shutil.rmtree(target)


def judge(root, binaries, key):
    where = ["--no-index", "--find-links", os.path.join(root, key)]
    verdict = {"key": key, "pip": installs([f"{binaries}/pip", "install", "-q"] + where, key),
               "uv": installs([f"{binaries}/uv", "pip", "install", "-q", "--link-mode", "copy"] + where, key)}
    from packaging import metadata
    try:
        metadata.Metadata.from_email(FORMS[key]["metadata"], validate=True)
        verdict["strict"] = True
    except Exception:
        verdict["strict"] = False
    return verdict


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2])
    else:
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for verdict in pool.map(lambda key: judge(sys.argv[2], sys.argv[3], key), FORMS):
                print(json.dumps(verdict), flush=True)
