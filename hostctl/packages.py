"""Debian packages and the app's system user: what a deployment adds to the machine and never takes away."""
APT = ("apt-get", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold")
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}


def missing(system, wanted):
    """Those of the packages that are not installed, in one call."""
    if not wanted:
        return []
    text = system.run(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Abbrev}\n", *wanted], check=False).output
    installed = {line.split()[0] for line in text.splitlines() if line.split()[1:2] == ["ii"]}
    return [name for name in wanted if name not in installed]


def install(system, names):
    """Install packages. The lists are fetched only when the ones at hand do not do, and a dpkg that was killed is finished first."""
    if system.run([*APT, "install", *names], env=QUIET, timeout=1800, check=False).code == 0:
        return
    system.run(["dpkg", "--configure", "-a"], env=QUIET, timeout=1800, check=False)
    system.run(["apt-get", "-q", "update"], env=QUIET)
    system.run([*APT, "install", *names], env=QUIET, timeout=1800)


def has_user(system, name):
    try:
        system.ids(name, name)
        return True
    except KeyError:
        return False


def add_user(system, name):
    """A system user with a group of its own, without a home or a shell."""
    system.run(["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name])
