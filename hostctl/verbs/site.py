"""The verbs of the site: start and stop it, its certificate, maintenance, and pauses."""
from ..deploy import lifecycle
from ..machine.errors import HostError
from ..site import certificate, maintenance, pause
from . import argument_types


def add(verb):
    """Declare the verbs; `verb` is manual.py's."""
    verb("start", _call(lifecycle.start), "start the services, then nginx")
    verb("stop", _call(lifecycle.stop), "stop nginx, then the services", "What stops comes back after a reboot: nothing is disabled.")
    verb("reload", _call(lifecycle.reload), "test nginx's configuration and load it")
    one = verb("maintenance", _maintenance, "answer visitors with a page and 503, or let them in again", "It lasts until `maintenance off`, across reboots and deployments.",
               examples=['maintenance on --message "We are back soon" --minutes 30', "maintenance off"])
    one.add_argument("to", choices=("on", "off"), help="on answers with the page, off lets visitors in")
    one.add_argument("--message", type=argument_types.message, metavar="TEXT", help="what visitors and apps are told; needed for on")
    end = one.add_mutually_exclusive_group()
    end.add_argument("--until", type=argument_types.moment, metavar="TIME", help="when it shall be over: HH:MM or YYYY-MM-DDTHH:MM, UTC; it goes on until `maintenance off`")
    end.add_argument("--minutes", type=argument_types.minutes, metavar="N", help="the same, from now on")
    one.add_argument("--allow", type=argument_types.network, nargs="+", default=[], metavar="CIDR", help="networks that are let in: 203.0.113.7/32")
    one = verb("pause", _pause, "hold new requests, without failing them, until resume; returns once the app has none")
    one.add_argument("--max", type=argument_types.seconds, required=True, metavar="SECONDS", help="then they go on, resumed or not")
    verb("resume", _call(pause.resume), "let held requests go on, at once even while another run holds the lock", before_lock=pause.let_go)
    verb("renew", _call(certificate.renew), "order a new certificate with a new key now, and load it", locks=False)
    verb("install-certificate", _call(certificate.install), "load the certificate that was ordered last", "webstack-certificate.service runs it.")


def _call(do):
    def run(host, _args):
        do(host)
        return 0
    return run


def _pause(host, args):
    pause.pause(host, args.max)
    return 0


def _maintenance(host, args):
    if args.to == "off":
        if args.message or args.until or args.minutes or args.allow:
            raise HostError("maintenance off: takes no other words")
        maintenance.off(host)
        return 0
    if not args.message:
        raise HostError('maintenance on: needs --message "What visitors shall read"')
    until = host.system.time() + args.minutes * 60 if args.minutes else args.until and argument_types.next_moment(args.until, host.system.time())
    maintenance.on(host, args.message, until, args.allow)
    return 0
