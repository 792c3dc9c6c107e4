"""What each unit may use and uses: memory in bytes, tasks in number; None where there is no limit or nothing runs."""

PROPERTIES = {"MemoryMax": "memoryMax", "MemoryCurrent": "memory", "TasksMax": "tasksMax", "TasksCurrent": "tasks"}


def of(host, units):
    """[{unit, memoryMax, memory, tasksMax, tasks}]."""
    return [{"unit": unit, **{key: _number(found[name]) for name, key in PROPERTIES.items()}} for unit, found in host.units.properties(units, PROPERTIES).items()]


def _number(text):
    # systemd has 2^64 - 1 for what it does not know.
    return int(text) if text.isdigit() and int(text) < 2**63 else None
