"""Debian packages and the app's system user: what a deployment adds to the machine and never takes away."""
import re

from .errors import HostError

# How long another apt may take: an unattended upgrade holds the lock while it fetches and installs a kernel, minutes on one core.
LOCK_SECONDS = 900
# What apt-get, dpkg and unattended-upgrade say where another has a lock: of the lists, of dpkg, of their own. In their whole words, since the
# scripts of packages speak on the same output, of a port that is already taken for example.
BUSY = re.compile(r"^(E: Could not get lock |dpkg: error: dpkg .*lock was locked by another process|.*\bE:Could not get lock |Lock could not be acquired|Cache lock can not be acquired"
                  r"|Lock file is already taken)", re.MULTILINE)
APT = ("apt-get", "-y", "--no-install-recommends", "--no-remove", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}", "-o", "Dpkg::Options::=--force-confold")
UPDATER = "unattended-upgrades"
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}


def require_release(paths, wanted):
    """Raises HostError where the machine is not the release of Debian that its packages are named for, such as "13"."""
    if not wanted:
        return
    with open(paths.at("/etc/os-release"), encoding="utf-8") as file:
        said = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    found = said.get("VERSION_ID", "").strip('"')
    if found != wanted:
        raise HostError(f"this host is Debian {found or 'of no number'} and was to be made Debian {wanted}; nothing was touched. Where it was made of an image of your own, host.debian says what that has: "
                        f"debian: debian-{found}")


def missing(system, wanted):
    """Those of the packages that are not installed, in one call."""
    if not wanted:
        return []
    text = system.run(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Abbrev}\n", *wanted], check=False).output
    installed = {line.split()[0] for line in text.splitlines() if line.split()[1:2] == ["ii"]}
    return [name for name in wanted if name not in installed]


def install(system, names):
    """Install packages, and remove none for them. The lists are fetched only when the ones at hand do not do, and a dpkg that was killed is finished first.
    Raises HostError for names of which apt knows no package: it would take them for patterns, or for orders to remove."""
    if not _unknown(system, names) and system.run([*APT, "install", *names], env=QUIET, timeout=1800, check=False).code == 0:
        return
    _wait_for_lock(system, ["dpkg", "--configure", "-a"])
    _fetch_lists(system)
    if unknown := _unknown(system, names):
        raise HostError(f"packages: must be names of packages that apt of this host knows, got {', '.join(unknown)}; host.packages names them, `apt-cache search WORD` finds others")
    system.run([*APT, "install", *names], env=QUIET, timeout=1800)


def is_container(system):
    """Whether it is a machine of somebody's own box: its image was made with the updates of that day."""
    return system.run(["systemd-detect-virt", "--quiet", "--container"], check=False).code == 0


def install_security_updates(system):
    """What the nights bring, now, by the settings that 60webstack has. Raises HostError with the last lines of what it says."""
    if missing(system, [UPDATER]):
        install(system, [UPDATER])
    _fetch_lists(system)
    done = _wait_for_lock(system, ["unattended-upgrade", "--verbose"])
    if done.code != 0:
        raise HostError(f"unattended-upgrade: ended with {done.code}: the security updates of a new machine are not installed, so nothing of it is opened\n{_last_lines(done.output)}")
    # It runs with the libraries from before; sessions go on.
    system.run(["systemctl", "try-restart", "ssh.service"])


def _last_lines(text):
    return "\n".join(text.strip().splitlines()[-5:])


def _unknown(system, names):
    known = set(system.run(["apt-cache", "pkgnames"]).output.split())
    return [name for name in names if name not in known]


def _fetch_lists(system):
    # For the lock of the lists DPkg::Lock::Timeout does not hold.
    fetched = _wait_for_lock(system, ["apt-get", "-q", "update"])
    if fetched.code != 0:
        raise HostError(f"apt-get update: ended with {fetched.code}\n{fetched.output}".rstrip())


def _wait_for_lock(system, argv):
    """The result of a command, begun anew for LOCK_SECONDS while it says that another, as an unattended upgrade, has the lock."""
    ends = system.monotonic() + LOCK_SECONDS
    while (done := system.run(argv, env=QUIET, timeout=1800, check=False)).code != 0 and BUSY.search(done.output) and system.monotonic() <= ends:
        system.sleep(2)
    return done


def has_user(system, name):
    try:
        system.ids(name, name)
        return True
    except KeyError:
        return False


def add_user(system, name):
    """A system user with a group of its own, without a home or a shell."""
    system.run(["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name])
