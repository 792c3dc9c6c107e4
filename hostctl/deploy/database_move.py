"""Migration of the database: the app's data move to another server of its engine, such as one of the next major version, within the deployment that gives the app the other address.
From before the first row is read until the app has that address nobody writes: visitors get the maintenance page, this host's packet filter lets no process
but root's reach the server of before, and sessions that are open there end. That server is only read, and keeps all that it has."""
import ipaddress
import json
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from ..database.database import DUMP_SECONDS, Database, stamp
from ..database.engines import open_url
from ..database.wait_for_database import PORTS
from ..machine import files, signals
from ..machine.errors import HostError
from ..manifest import environment
from ..manifest.stored import stored_or_fail
from ..release import slots
from ..site import maintenance
from ..site.nginx import UNIT as NGINX

MESSAGE = "The database is being moved to another server. Nothing is lost; this takes a moment."
# While the data move: the name of the copy that is not whole yet.
INCOMING = "moving"
FILTER = "webstack_move"
SESSIONS_SECONDS, PAUSE = 30, 0.5
# What has not been answered by then meets a database that is away.
DRAIN_SECONDS = 10


class Move(NamedTuple):
    source: Database
    target: Database
    # Of a host that is new: whether the data have moved before it came, nobody here can know, but for what it has copied itself.
    is_new: bool

    @property
    def record(self):
        return {"from": place(self.source.url(self.source.name)), "to": place(self.target.url(self.target.name))}


def place(url):
    """"10.0.0.3:5432/shop" of a DATABASE_URL: what tells a database from another."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or PORTS.get(parts.scheme)}{parts.path}"


def wanted(host, manifest, env, source_url):
    """The move that an apply of this `env` has to make; None where there is none to make, or it was made. `source_url`: where the data are told to be.
    Raises HostError where the app would go on without what was written."""
    goal, there = (env or {}).get("DATABASE_URL"), _url(host)
    if goal is None or there is not None and place(there) == place(goal):
        return None
    if source_url is None:
        moved = files.read_json(host.paths.database_moved)
        if moved and (moved["from"], moved["to"]) == (place(goal), place(there or "")):
            raise HostError(f"DATABASE_URL: the data have moved to {moved['to']}, and what was written since is not at {moved['from']}; `npm run upgrade -- {manifest.stack}` moves them back")
        return None
    if there is not None and place(there) != place(source_url):
        raise HostError(f"databaseFrom: must be the database that this host has, {place(there)}, got {place(source_url)}")
    return Move(open_url(host.system, source_url), open_url(host.system, goal), there is None)


def _url(host):
    """DATABASE_URL of the app, or None."""
    return environment.read(host.paths.env.read_bytes()).get("DATABASE_URL") if host.paths.env.exists() else None


@contextmanager
def site_closed(host, move):
    """Visitors get the maintenance page while the block lasts, and nobody writes to the database of before from refuse_writes() on; where it fails everything is open again."""
    closes = slots.current(host.paths) is not None and stored_or_fail(host.paths).slot_services() != [] and maintenance.state(host.paths) is None
    files.write(host.paths.database_filter, b"", 0o600, host.system.ids("root", "root"))
    _write(host, host.paths.database_moving, {"maintenance": closes, "to": move.record["to"]})
    try:
        if closes:
            maintenance.on(host, MESSAGE)
            with host.log.event("Requests-end"):
                host.nginx.drain(DRAIN_SECONDS)
        yield
    except Exception as failure:
        try:
            _open(host, lift=True)
        except (HostError, OSError) as second:
            raise HostError(f"{failure}\nThe site could not be opened again: {second}\nMend that and run `hostctl recover`") from failure
        raise
    # The filter stays until the next boot: what began with the old address, such as a job, shall fail and not write where nobody reads.
    _open(host, lift=False)
    files.remove(host.paths.database_copied)


def open_at_boot(host):
    """Before the boot starts nginx: visitors are let in by the link alone, since webstack-recover.service may ask neither nginx nor the packet filter, which ended
    with the machine."""
    record = files.read_json(host.paths.database_moving)
    if record is not None and _holds_visitors(host, record) and _has_booted(host) and not host.units.runs(NGINX):
        files.link(host.paths.maintenance, maintenance.OFF)


def recover(host):
    """After a run that was killed, once its deployment is settled: visitors are let in again, and the app where it has the old address still."""
    record = files.read_json(host.paths.database_moving)
    if record is not None:
        _open(host, lift=not _has_booted(host) and place(_url(host) or "") != record.get("to"))


def _has_booted(host):
    return not host.paths.database_filter.exists()


def refuse_writes(host, move):
    """None of this host but root reaches the server of before from here on. Not before the deployment has loaded its files: that of the firewall begins with
    `flush ruleset`."""
    host.log.step("DATABASE-MOVE")
    with host.log.event("Writes-refusal", move.record["from"]):
        host.system.run(["nft", _filter(move.source)])


def carry(host, move):
    """Bring the data over and compare them. Repeated, it begins anew: what a run before has left on the other server is made anew, and what that has under
    the app's name is kept beside it. Raises HostError with the app's name there as it was."""
    source, target = move.source, move.target
    if move.is_new and target.tables(target.name) and files.read_json(host.paths.database_copied) != move.record:
        raise HostError(f"databaseFrom: this host is new, and {move.record['to']} holds tables already, so the data may have moved; nothing was copied")
    incoming = target.beside(INCOMING)
    # Of a copy that is made anew.
    files.remove(host.paths.moved_definitions)
    with host.log.event("Sessions-end", move.record["from"]):
        _end_sessions(host, source)
    with host.log.event("Database-creation", incoming):
        target.create(incoming)
    try:
        with host.log.event("Database-copy", f"from {move.record['from']} to {move.record['to']}") as facts:
            (dump, dump_env), (load, load_env) = source.dump(), target.load(incoming)
            _, size, _ = host.system.pipe(dump, load, source_env=dump_env, sink_env=load_env, timeout=DUMP_SECONDS)
            facts["detail"] += f", {size} bytes"
        with host.log.event("Database-statistics"):
            target.analyze(incoming)
        with host.log.event("Database-comparison") as facts:
            facts["detail"] = f"{_compare(source, target, incoming)} tables and sequences are alike"
        _write(host, host.paths.database_copied, move.record)
        with host.log.event("Database-switch"):
            target.switch(incoming, target.beside(f"before_{stamp(host.system)}"), host.paths.moved_definitions)
    finally:
        target.drop(incoming)
    for name in target.others():
        # The empty one that the server began with.
        if not target.tables(name):
            target.drop(name)
    _write(host, host.paths.database_moved, move.record)


def _end_sessions(host, source):
    """None comes back: the packet filter is in the way. What they had sent before is done or undone when none is left, so a copy has it or nobody was told that it is there."""
    end = host.system.monotonic() + SESSIONS_SECONDS
    while (left := source.end_sessions()) > 0:
        if host.system.monotonic() > end:
            raise HostError(f"{left} sessions of the app do not end within {SESSIONS_SECONDS} s; nothing was copied")
        host.system.sleep(PAUSE)


def _compare(source, target, incoming):
    had, has = source.contents(source.name), target.contents(incoming)
    differs = sorted(name for name in {*had, *has} if had.get(name) != has.get(name))
    if differs:
        raise HostError(f"the copy of {source.name} is not what it was made of: {', '.join(differs[:5])}{' and others' if len(differs) > 5 else ''}; the database of before serves on")
    return len(had)


def _filter(source):
    """For `nft`: processes of root, as those of hostctl, go through. https://wiki.nftables.org/wiki-nftables/index.php/Matching_packet_metainformation"""
    address, port = source.server
    try:
        address = ipaddress.IPv4Address(address)
    except ValueError:
        raise HostError(f"databaseFrom: must name its server by an IPv4 address, got {address}") from None
    return (f"table inet {FILTER}\ndelete table inet {FILTER}\ntable inet {FILTER} {{\n  chain output {{\n    type filter hook output priority filter\n"
            f"    ip daddr {address} tcp dport {port} meta skuid != 0 reject with tcp reset\n  }}\n}}")


def _open(host, *, lift):
    with signals.ignored():
        record = files.read_json(host.paths.database_moving) or {}
        if lift:
            # First named, so that it is there to be deleted.
            host.system.run(["nft", f"table inet {FILTER}\ndelete table inet {FILTER}"])
        if _holds_visitors(host, record):
            if stored_or_fail(host.paths).slot_services():
                maintenance.off(host)
            else:
                # The site has gone with the move.
                files.link(host.paths.maintenance, maintenance.OFF)
        files.remove(host.paths.database_moving)


def _holds_visitors(host, record):
    """Whether the page that visitors get is the move's own, and not one that somebody put up since."""
    shown = maintenance.state(host.paths)
    return record.get("maintenance", False) and shown is not None and shown["message"] == MESSAGE


def _write(host, path, record):
    files.write(path, json.dumps(record).encode(), 0o600, host.system.ids("root", "root"))
