import { venv } from "./setup/venv";

/** checkov judges what is asked of a cloud, parliament and cloudsplaining judge policies of IAM. */
const { find, step } = venv("linters", "Linters", "checkov and parliament are");

export const linters = step;

/** Path of a linter's program. @throws when set-up has not installed it. */
export const findLinter = (program: "checkov" | "parliament" | "cloudsplaining"): string => find(program);
