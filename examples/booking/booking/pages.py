"""The pages, and the files that they load. A folder named by the digest of all of them means that no release loads another's."""
import hashlib
import shutil
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
STATIC = FOLDER / "static"

# The pages load what comes with them and nothing else; nginx leaves the header as it is.
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}


def digest() -> str:
    """First 12 hex digits of the SHA-256 over names and contents of all files."""
    whole = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            whole.update(f"{path.relative_to(STATIC)}\n".encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def pages() -> dict[str, str]:
    """Text of each page by its name, such as "event.html"."""
    static = f"/static/{digest()}"
    return {path.name: path.read_text().replace("{static}", static) for path in (FOLDER / "pages").glob("*.html")}


def main() -> int:
    """python -m booking.pages FOLDER: fills a static folder, as a step of a release."""
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(STATIC, target / digest())
    return 0


if __name__ == "__main__":
    sys.exit(main())
