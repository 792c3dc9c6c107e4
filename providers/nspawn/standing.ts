import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addressAt, parseAddress } from "./range";
import { networkFile } from "./seed";
import { folderOf } from "./store";

/** A machine of this box that has had its first boot, as its disk tells of it. */
export interface Standing {
  /** IPv4 CIDR of the network that its address is of. */
  readonly range: string;
  /** Keys that its user deploy is let in by, "ssh-ed25519 AAAA...". */
  readonly keys: readonly string[];
}

/** undefined where there is none, or where only root may look, as at a review. */
export function standing(name: string, folder = folderOf(name)): Standing | undefined {
  const range = rangeOf(textOf(join(folder, "upper", networkFile)));
  const keys = textOf(join(folder, "upper/home/deploy/.ssh/authorized_keys")).match(/\bssh-ed25519 \S+/g);
  return range === undefined || keys === null ? undefined : { range, keys };
}

/**
 * Whether something was brought to its disk that a run which was killed while it made the machine had not come to: what hostctl was told
 * last.
 */
export const isInUse = (folder: string): boolean => existsSync(join(folder, "upper/var/lib/webstack/manifest.json"));

/** The network of "Address=10.20.0.30/24". */
function rangeOf(text: string): string | undefined {
  const [, address = "", mask = ""] = /^Address=([\d.]+)\/(\d+)$/m.exec(text) ?? [];
  const at = parseAddress(address);
  if (at === undefined) return undefined;
  const first = at - (at % 2 ** (32 - Number(mask)));
  return `${addressAt({ first, last: at, bits: Number(mask) }, 0)}/${mask}`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
