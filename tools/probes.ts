import { install, missingPackages } from "./setup/packages";
import type { Step } from "./setup/step";

/** Debian packages that tests need on this box, and nothing else does. */
function needs(name: string, packages: readonly string[]): Step {
  return {
    name,
    missing: () => {
      const absent = missingPackages(packages);
      return absent.length === 0 ? null : `${absent.join(" and ")} not installed`;
    },
    make: () => install(missingPackages(packages)),
  };
}

/** Makes the signatures that hostctl's tests check. */
export const signatures = needs("Signatures", ["gnupg"]);

/** Of the tests that look at a machine as a stranger does: nmap tells open ports, slowhttptest keeps thousands of slow connections, lynis judges a whole machine. */
export const probes = needs("Probes", ["nmap", "slowhttptest", "lynis"]);
