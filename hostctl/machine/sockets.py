"""Which TCP connections a unit's processes have: the local ports, by which whoever is at the other end tells them apart."""
import os
import re

# https://docs.kernel.org/networking/proc_net_tcp.html
ESTABLISHED = "01"


def of_unit(paths, unit):
    """Local ports of the open connections of a unit's processes; whatever ends meanwhile is left out."""
    found = set()
    for pid in _processes(paths, unit):
        own = _sockets(paths.proc / pid / "fd")
        for table in ("tcp", "tcp6"):
            for line in _read(paths.proc / pid / "net" / table).splitlines()[1:]:
                fields = line.split()
                if fields[3] == ESTABLISHED and fields[9] in own:
                    found.add(int(fields[1].rsplit(":", 1)[1], 16))
    return found


def _processes(paths, unit):
    # Its line is "0::/system.slice/UNIT" with control groups of version 2, and one of several with version 1.
    inside = re.compile(rf"^\d+:.*/{re.escape(unit)}(/|$)", re.MULTILINE)
    return [entry.name for entry in paths.proc.iterdir() if entry.name.isdigit() and inside.search(_read(entry / "cgroup"))]


def _sockets(folder):
    """Inodes of the sockets that a process has open."""
    found = set()
    try:
        names = os.listdir(folder)
    except OSError:
        return found
    for name in names:
        try:
            what = os.readlink(folder / name)
        except OSError:
            continue
        if what.startswith("socket:["):
            found.add(what[len("socket:["):-1])
    return found


def _read(path):
    try:
        return path.read_text()
    except OSError:
        return ""
