"""gunicorn's settings in every slot, beside the words of its command. A gunicorn.conf.py of the release's own, which gunicorn would find by
itself without this file, holds as before."""
import logging
import os

_RELEASE = "gunicorn.conf.py"
# In thousandths of the memory that ran out, the unit's or the machine's: with as much less the master still outlives its workers.
# https://docs.kernel.org/filesystems/proc.html#proc-pid-oom-adj-proc-pid-oom-score-adj-adjust-the-oom-killer-score
_MORE, _MOST = 300, 1000


def _read(path):
    if not os.path.exists(path):
        return {}
    found = {"__name__": "__config__", "__file__": os.path.abspath(path)}
    with open(path, "rb") as text:
        exec(compile(text.read(), path, "exec"), found)
    return {name: value for name, value in found.items() if not name.startswith("_")}


def _of_a_visitor(record):
    """Whether a line of the access log is of a request that nginx passed on for somebody. The watchdog asks each second, and checks from outside ask
    all the time: both come without an address, and would leave little else in a log. gunicorn hands a line the headers by name
    (https://docs.gunicorn.org/en/stable/settings.html#access-log-format), uvicorn its words, the address first."""
    asked = record.args
    if isinstance(asked, dict):
        return "{x-real-ip}i" in asked
    return not (isinstance(asked, tuple) and asked[:1] == ("",))


for _log in ("gunicorn.access", "uvicorn.access"):
    logging.getLogger(_log).addFilter(_of_a_visitor)

_own = _read(_RELEASE)
globals().update(_own)


def post_fork(server, worker):
    """Out of memory, the kernel takes a worker, which the master replaces, and not the master, with whom all of them go."""
    try:
        with open("/proc/self/oom_score_adj", "r+") as score:
            more = min(int(score.read()) + _MORE, _MOST)
            score.seek(0)
            score.write(str(more))
    except OSError as failure:
        worker.log.warning("oom_score_adj stays that of the master: %s", failure)
    if "post_fork" in _own:
        _own["post_fork"](server, worker)
