import { venv } from "./setup/venv";

/** sslyze judges a TLS server by Mozilla's guideline, gixy a configuration of nginx, ssh-audit an SSH server. */
const { find, step } = venv("scanners", "Scanners", "sslyze, gixy and ssh-audit are");

export const scanners = step;

/** Path of a scanner's program. @throws when set-up has not installed it. */
export const findScanner = (program: "sslyze" | "gixy" | "ssh-audit"): string => find(program);
