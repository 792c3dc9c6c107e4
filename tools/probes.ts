import { debianPackages } from "./setup/packages";

/** Makes the signatures that hostctl's tests check. */
export const signatures = debianPackages("Signatures", ["gnupg"]);

/**
 * Of the tests that look at a machine as a stranger does: nmap tells open ports, slowhttptest keeps thousands of slow connections, lynis
 * judges a whole machine.
 */
export const probes = debianPackages("Probes", ["nmap", "slowhttptest", "lynis"]);
