"""Fetches what an address leads to into a file, by the ways that pip has: proxies and certificates of the environment, the password of the address or of ~/.netrc."""
import base64
import netrc
import os
import shutil
import ssl
import sys
import urllib.parse
import urllib.request


def login(url):
    """(user, password) for an address; None where nobody knows any."""
    if url.username:
        return urllib.parse.unquote(url.username), urllib.parse.unquote(url.password or "")
    file = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")
    known = netrc.netrc(file).authenticators(url.hostname) if url.hostname and os.path.exists(file) else None
    return known and (known[0], known[2])


def request(address):
    url = urllib.parse.urlsplit(address)
    asked = urllib.request.Request(url._replace(netloc=url.netloc.rpartition("@")[2], fragment="").geturl())
    if known := login(url):
        # Not for the place that this one leads to.
        asked.add_unredirected_header("Authorization", "Basic " + base64.b64encode(":".join(known).encode()).decode())
    return asked


def main(address, file):
    asked = request(address)
    # https://pip.pypa.io/en/stable/topics/https-certificates/
    trusted = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or os.environ.get("REQUESTS_CA_BUNDLE"))
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusted))
    try:
        with opener.open(asked, timeout=60) as answer, open(file, "wb") as made:
            shutil.copyfileobj(answer, made)
    except OSError as failure:
        # Without a password of the address.
        sys.exit(f"error: {asked.full_url}: {failure}")


if __name__ == "__main__":
    main(*sys.argv[1:])
