"""Makes a package index below a folder, serves it on a free port of this box, which it prints, and ends with its input: `python3 index.py FOLDER`. Names are those of packages that apps ask for; what is in them is nothing."""
import functools
import hashlib
import http.server
import io
import pathlib
import sys
import tarfile
import threading
import zipfile

#: Builds its own wheel, with a tag of its own, and needs nothing for that.
BACKEND = '''import os, zipfile
NAME, VERSION, TAG, REQUIRES = {name!r}, {version!r}, {tag!r}, {requires!r}
def _metadata():
    return "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (NAME, VERSION) + "".join("Requires-Dist: %s\\n" % one for one in REQUIRES)
def prepare_metadata_for_build_wheel(folder, settings=None):
    info = "%s-%s.dist-info" % (NAME, VERSION)
    os.mkdir(os.path.join(folder, info))
    with open(os.path.join(folder, info, "METADATA"), "w") as file: file.write(_metadata())
    with open(os.path.join(folder, info, "WHEEL"), "w") as file: file.write("Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: %s\\n" % TAG)
    return info
def build_wheel(folder, settings=None, metadata=None):
    if TAG == "broken":
        raise SystemExit("Error: pg_config executable not found.")
    name = "%s-%s-%s.whl" % (NAME, VERSION, TAG)
    info = "%s-%s.dist-info/" % (NAME, VERSION)
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in (NAME + ".py", ""), (info + "METADATA", _metadata()), (info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: %s\\n" % TAG), (info + "RECORD", ""):
            wheel.writestr(zipfile.ZipInfo(path), text)
    return name
def build_sdist(folder, settings=None):
    raise NotImplementedError
'''
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'

#: Of those, what has to be compiled: a file that tells, and the tools that build it.
TOLD = {"psycopg2": ("psycopg/adapter.c", None), "mysqlclient": ("src/MySQLdb/_mysql.c", ["setuptools>=61"]), "rusty": ("rust/Cargo.toml", []), "toolless": ("x.pyx", ["docopt"])}

ANY, HERE = "py3-none-any", "manylinux_2_17_x86_64"

#: name, version, tag of its wheel or None, what it asks for, requires-python
WHEELS = [
    ("django", "3.2.25", ANY, ["asgiref"], ">=3.6"), ("django", "5.2", ANY, ["asgiref"], ">=3.10"), ("django", "6.0", ANY, ["asgiref"], ">=3.12"),
    ("asgiref", "3.8", ANY, ["typing-extensions>=4; python_version<'3.11'"], None), ("typing-extensions", "4.12", ANY, [], None),
    ("flask", "2.3.3", ANY, ["werkzeug>=2.3"], None), ("flask", "3.1", ANY, ["werkzeug>=3", "asgiref; extra=='async'"], None), ("werkzeug", "2.3", ANY, [], None), ("werkzeug", "3.1", ANY, [], None),
    ("fastapi", "0.115", ANY, ["starlette", "uvicorn[standard]; extra=='standard'"], None), ("starlette", "0.40", ANY, [], None),
    ("uvicorn", "0.30", ANY, ["click", "httptools; extra=='standard'"], None), ("httptools", "0.6", "cp311-abi3-" + HERE, [], None), ("click", "8.1", ANY, [], None), ("uvicorn-worker", "0.3", ANY, ["uvicorn"], None),
    ("gunicorn", "23.0", ANY, [], None), ("tzdata", "2026.1", ANY, [], None),
    ("psycopg", "3.2", ANY, ["psycopg-binary==3.2; extra=='binary'"], None), ("psycopg-binary", "3.2", "cp311-cp311-" + HERE, [], None), ("psycopg-binary", "3.2", "cp313-cp313-" + HERE, [], None),
    ("psycopg2-binary", "2.9.9", "cp311-cp311-" + HERE, [], None), ("psycopg2-binary", "2.9.9", "cp313-cp313-" + HERE, [], None),
    ("redis", "5.2.1", ANY, ["async-timeout>=4; python_full_version<'3.11.3'"], None), ("async-timeout", "4.0", ANY, [], None),
    ("sqlalchemy", "2.0", ANY, ["greenlet; extra=='asyncio'"], None), ("greenlet", "3.1", "cp311-cp311-" + HERE, [], None), ("greenlet", "3.1", "cp313-cp313-" + HERE, [], None),
    ("rising", "1.0", ANY, [], None), ("rising", "2.0rc1", ANY, [], None),
    # A stranger's, of the name of somebody's fork.
    ("forked", "9.9", ANY, [], None),
    ("setuptools", "80.9", ANY, [], None), ("wheel", "0.45", ANY, [], None),
    ("oldwheels", "1.0", ANY, [], None), ("musl", "1.0", "cp313-cp313-musllinux_1_1_x86_64", [], None), ("newglibc", "1.0", "cp313-cp313-manylinux_2_39_x86_64", [], None),
]
#: name, version, tag of the wheel that its source becomes, what it asks for
SOURCES = [("docopt", "0.6.2", ANY, ["click"]), ("compiled", "1.0", "cp311-cp311-linux_x86_64", []), ("psycopg2", "2.9.9", "broken", []), ("mysqlclient", "2.2", "broken", []), ("rusty", "1.0", "broken", []),
           ("toolless", "1.0", "broken", []), ("oldwheels", "2.0", "broken", [])]


def wheel(name, version, tag, requires):
    file = io.BytesIO()
    named = name.replace("-", "_")
    info = f"{named}-{version}.dist-info/"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Provides-Extra: {one}\n" for one in ("async", "standard", "binary", "asyncio")) + "".join(f"Requires-Dist: {one}\n" for one in requires)
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in ((f"{named}.py", ""), (info + "METADATA", metadata), (info + "WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"), (info + "RECORD", "")):
            archive.writestr(zipfile.ZipInfo(path), text)
    return f"{named}-{version}-{tag}.whl", file.getvalue()


def project(name, version, tag, requires):
    """The files of a package's source."""
    source, tools = TOLD.get(name, (None, []))
    files = {"backend.py": BACKEND.format(name=name, version=version, tag=tag, requires=requires)}
    if tools is None:
        # As before PEP 518.
        files["setup.py"] = "raise SystemExit('Error: pg_config executable not found.')\n"
    else:
        files["pyproject.toml"] = PYPROJECT.replace("[]", repr(tools), 1)
    return {**files, **({source: ""} if source else {})}


def sdist(name, version, tag, requires):
    file = io.BytesIO()
    # What uv reads without a build. https://peps.python.org/pep-0643/
    info = f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n" if name in TOLD else f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for path, text in {**project(name, version, tag, requires), "PKG-INFO": info}.items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return f"{name}-{version}.tar.gz", file.getvalue()


def write(folder, packages):
    """A simple index. https://peps.python.org/pep-0503/"""
    for name, (file, content), python in packages:
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        (place / file).write_bytes(content)
        wanted = f' data-requires-python="{python.replace(">", "&gt;")}"' if python else ""
        with open(place / "index.html", "a", encoding="utf-8") as index:
            index.write(f'<a href="{file}#sha256={hashlib.sha256(content).hexdigest()}"{wanted}>{file}</a>\n')


def main(folder):
    first = [(name, wheel(name, version, tag, requires), python) for name, version, tag, requires, python in WHEELS]
    write(folder / "simple", first + [(name, sdist(name, version, tag, requires), None) for name, version, tag, requires in SOURCES])
    write(folder / "private", [("acme-billing", wheel("acme-billing", "1.2", ANY, []), None)])
    for name, version, tag in (("forked", "1.0", ANY), ("local", "1.0", ANY)):
        for path, text in project(name, version, tag, ["click"] if name == "forked" else []).items():
            place = folder / "sources" / name
            place.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)


class Index(http.server.SimpleHTTPRequestHandler):
    """The private one, as they are, by a password alone."""

    def do_GET(self):
        if self.path.startswith("/private") and "Authorization" not in self.headers:
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Index, directory=sys.argv[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
