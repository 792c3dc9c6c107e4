import type { Feature } from "../feature";
import { firewall } from "../features/firewall";
import { hardening } from "../features/hardening";
import { hostctl } from "../features/hostctl";
import { journal } from "../features/journal";
import { recovery } from "../features/recovery";
import { ssh } from "../features/ssh";

/** What every machine has. */
export const every: readonly Feature[] = [hostctl, hardening, recovery, ssh, journal, firewall];
