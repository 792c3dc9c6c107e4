"""`python3 -I FOLDER/hostctl/__main__.py VERB ...`: isolated mode leaves the folder of the package out of sys.path, and the package brings its own way to its modules."""
import contextlib
import hashlib
import marshal
import os
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER, spec_from_file_location

package = os.path.dirname(os.path.realpath(__file__))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def digest(content):
    return hashlib.sha256(content).digest()


def dotted(name):
    """The name by which Python knows a file of the package: "site/nginx.py" is hostctl.site.nginx, "site/__init__.py" hostctl.site."""
    return ".".join(("hostctl", *name.removesuffix(".py").split("/"))).removesuffix(".__init__")


def compiled():
    """{name: (place, code as bytes)} of every module. Compiling takes as long as starting Python, so the outcome is kept beside the package in one file, which is good
    as long as its own digest holds and SHA256SUMS is the one whose sources were compiled. Nothing vouches for what Python keeps beside a source."""
    kept, sums = f"{package}.compiled", read(f"{package}/SHA256SUMS")
    key = digest(MAGIC_NUMBER + package.encode() + sums)
    with contextlib.suppress(OSError):
        held = read(kept)
        if held[:64] == key + digest(held[64:]):
            return marshal.loads(held[64:])
    code = {}
    for line in sums.decode().splitlines():
        expected, name = line.split("  ")
        source = read(f"{package}/{name}")
        # A deployment may be writing them by now.
        if digest(source).hex() != expected:
            sys.exit(f"hostctl: {package}: its files change, {name} is another than in SHA256SUMS; try again")
        place = f"{package}/{name}"
        code[dotted(name)] = place, marshal.dumps(compile(source, place, "exec"))
    content = marshal.dumps(code)
    # Most units may not write there.
    with contextlib.suppress(OSError):
        with open(f"{kept}.new", "wb") as file:
            file.write(key + digest(content) + content)
        os.replace(f"{kept}.new", kept)
    return code


CODE = compiled()


class Compiled(SourceFileLoader):
    def get_code(self, fullname):
        return marshal.loads(CODE[fullname][1])


class Finder:
    """Of the modules above, and never of files: a module that is loaded later is of the same copy, whatever a deployment has made of its place by then."""

    @staticmethod
    def find_spec(name, _path=None, _target=None):
        if name in CODE:
            place = CODE[name][0]
            return spec_from_file_location(name, place, loader=Compiled(name, place))
        return None


sys.meta_path.insert(0, Finder)

# sudo of Debian 13 hands on the umask that login.defs gives people, and nginx reads what is made here. https://manpages.debian.org/trixie/libpam-modules/pam_umask.8.en.html
os.umask(0o022)
from hostctl.verbs.cli import main  # noqa: E402 (needs the finder above)

sys.exit(main(sys.argv[1:]))
