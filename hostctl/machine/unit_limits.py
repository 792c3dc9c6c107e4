"""What each unit may use and uses: memory in bytes, tasks in number; None where there is no limit or nothing runs."""

PROPERTIES = {"MemoryMax": "memoryMax", "MemoryCurrent": "memory", "TasksMax": "tasksMax", "TasksCurrent": "tasks"}


def of(host, units):
    """[{unit, memoryMax, memory, tasksMax, tasks}]."""
    if not units:
        return []
    text = host.system.run(["systemctl", "show", "--property=Id," + ",".join(PROPERTIES), "--", *units]).output
    blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in text.strip().split("\n\n")]
    return [{"unit": unit, **{key: _number(block.get(name, "")) for name, key in PROPERTIES.items()}} for unit, block in zip(units, blocks)]


def _number(text):
    # systemd has 2^64 - 1 for what it does not know.
    return int(text) if text.isdigit() and int(text) < 2**63 else None
