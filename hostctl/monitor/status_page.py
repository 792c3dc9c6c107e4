"""The status page, by which a cloud's uptime check learns of alerts: nginx answers 200 while the folder has a file of the page's secret name, and 503
otherwise (cloud-init/nginx/location-status.conf). /run is empty after a boot, so until the first look the answer is 503.

A check tells when an answer turns, and the page has two answers for all alerts. So what begins while another alert stands is told by a rest of 200 and
then 503 again; what happened and is over is shown for a while. Seconds since 1970."""
from . import monitoring

# Longer than a check takes to see it twice, asked once a minute as the cloud's are.
HELD, REST = 900, 300


def begin():
    """What the page remembers: until when it shows what is over, until when it rests, and whether it answers 503."""
    return {"held": 0, "rests": 0, "alerting": False}


def ring(page, now, *, over):
    """Something to tell: `over` if it holds no more."""
    page["rests"] = now + REST if page["alerting"] else page["rests"]
    page["held"] = now + HELD if over else page["held"]


def show(host, page, standing):
    """Have nginx answer as things are. `standing`: whether an alert stands."""
    name, now = monitoring.secrets(host.paths).get(monitoring.PAGE), host.system.time()
    folder = host.paths.status_pages
    # Made by systemd-tmpfiles, which gives it to nginx's group.
    if not folder.is_dir():
        return
    # Neither lasts longer than it may, as it would by a clock that was ahead when it began.
    held, rests = now < page["held"] <= now + HELD, now < page["rests"] <= now + REST
    page["alerting"] = (standing or held) and not rests
    quiet = {name} if name and not page["alerting"] else set()
    for there in folder.iterdir():
        if there.name not in quiet:
            there.unlink(missing_ok=True)
    for one in quiet:
        (folder / one).touch(0o644)
