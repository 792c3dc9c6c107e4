"""Jobs: `run` starts one now and follows it; states() tells how each of them is."""
from ..machine.errors import HostError, Locked, nearest
from ..manifest.stored import stored_or_fail

PROPERTIES = ("ActiveState", "InvocationID", "Result", "ExecMainCode", "ExecMainStatus", "ExecMainStartTimestamp", "ExecMainExitTimestamp", "ExecMainPID",
              "NextElapseUSecRealtime", "LastTriggerUSec")
# ExecMainCode is si_code of waitid(2).
EXITED = "1"
TIMED_OUT = 124


def names(manifest):
    """The timers of the manifest, without their suffix."""
    return [unit.removesuffix(".timer") for unit in manifest.units if unit.endswith(".timer")]


def states(host, manifest):
    """[{name, state, last, result, exitCode, next}] of every job: times as systemd words them, None where there is none. The
    machine forgets results when it boots; the timer remembers when it last ran the job."""
    jobs = names(manifest)
    shown = host.units.properties([unit for job in jobs for unit in (f"{job}.service", f"{job}.timer")], PROPERTIES)
    found = []
    for job in jobs:
        service, timer = shown[f"{job}.service"], shown[f"{job}.timer"]
        ran = service["ExecMainStartTimestamp"]
        found.append({"name": job, "state": service["ActiveState"], "last": ran or timer["LastTriggerUSec"] or None,
                      "result": "running" if service["ActiveState"] == "activating" else service["Result"] if ran else None,
                      "exitCode": int(service["ExecMainStatus"]) if ran and service["ExecMainCode"] == EXITED else None,
                      "next": timer["NextElapseUSecRealtime"] or None})
    return found


def run(host, job):
    """Start a job and show its log until it ends; returns its exit code (124 when it took too long, 128 + N when signal N ended
    it). Raises Locked while it runs already: two runs of a job never overlap."""
    manifest = stored_or_fail(host.paths)
    if job not in names(manifest):
        raise HostError(f"{job}: is no job of this host; jobs are {', '.join(names(manifest)) or 'none'}{nearest(job, names(manifest))}")
    unit = f"{job}.service"
    before = host.units.properties([unit], PROPERTIES)[unit]
    if before["ActiveState"] in ("activating", "deactivating"):
        raise Locked(f"{job}: runs already, since {before['ExecMainStartTimestamp']} (process {before['ExecMainPID']}); "
                     f"`hostctl logs -f {job}` shows it")
    host.system.run(["systemctl", "reset-failed", "--", unit], check=False)
    began = host.system.time()
    host.system.run(["systemctl", "start", "--no-block", "--", unit])
    state = _follow(host, unit, before["InvocationID"], began)
    code = _exit_code(state)
    host.log.say(f"{job}: {state['Result']}, exit code {code}, {state['ExecMainStartTimestamp']} to {state['ExecMainExitTimestamp']}")
    return code


def _follow(host, unit, old, began):
    """Say what the run writes as it writes it; returns the unit's properties once it has ended."""
    cursor = ""
    while True:
        state = host.units.properties([unit], PROPERTIES)[unit]
        started = state["InvocationID"] not in ("", old)
        ended = started and state["ActiveState"] in ("inactive", "failed")
        if ended:
            # What it wrote last may still be on its way to the journal.
            host.system.run(["journalctl", "--sync"], check=False)
        if started:
            cursor = _say_new(host, unit, began, cursor)
        if ended:
            return state
        host.system.sleep(0.3)


def _say_new(host, unit, began, cursor):
    # By the unit and the time, since the journal no longer knows the invocation of a line that it takes after the unit has ended:
    # https://github.com/systemd/systemd/issues/2913
    words = ["journalctl", "--no-pager", "--quiet", "--output=cat", "--show-cursor", *([f"--after-cursor={cursor}"] if cursor else [f"--since=@{began:.6f}"]),
             f"_SYSTEMD_UNIT={unit}", "+", f"UNIT={unit}"]
    for line in host.system.run(words, check=False).output.splitlines():
        if line.startswith("-- cursor: "):
            cursor = line.removeprefix("-- cursor: ")
        else:
            host.log.say(line)
    return cursor


def _exit_code(state):
    if state["Result"] == "success":
        return 0
    if state["Result"] == "timeout":
        return TIMED_OUT
    number = int(state["ExecMainStatus"] or 0)
    if state["ExecMainCode"] == EXITED:
        return number or 1
    return 128 + number if number else 1
