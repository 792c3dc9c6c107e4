import { venv } from "./setup/venv";

/**
 * Chooses packages for the Python of another machine, and reads every form in which projects name them.
 * https://docs.astral.sh/uv/pip/compile/
 */
const { find, step } = venv("uv", "uv", "uv, which chooses the packages of an app, is");

/** Installed from PyPI. */
export const uv = step;

/** Path of its program. @throws when set-up has not installed it. */
export const findUv = (): string => find("uv");
