/** Inputs that cannot change on a living resource of ours: each a change that makes it anew, after the old one is gone. */
export const replaces = {
  Image: ["suite"],
  Network: ["name", "range"],
  Machine: ["name", "suite", "address", "userData"],
  Firewall: ["name"],
} as const;

/** Inputs of a machine that come from its network: they replace it once they surely differ, not while they are merely unknown. */
export const networkOfMachine = ["bridge", "gateway", "range"] as const;
