import { install, missingPackages } from "./setup/packages";
import type { Step } from "./setup/step";

/**
 * nmap tells open ports, slowhttptest keeps thousands of slow connections,
 * lynis judges a whole machine. Only tests of machines use them.
 */
const needed = ["nmap", "slowhttptest", "lynis"];

/** Debian packages of the tests that look at a machine as a stranger does. */
export const probes: Step = {
  name: "Probes",
  missing: () => {
    const absent = missingPackages(needed);
    return absent.length === 0 ? null : `${absent.join(" and ")} not installed`;
  },
  make: () => install(missingPackages(needed)),
};
