import type { Feature } from "../feature";
import { jobUnits } from "../systemd";

/** What the app does on a timer. */
export const jobs: Feature = ({ spec }) => ({ files: jobUnits(spec), units: spec.jobs.map(({ name }) => `${name}.timer`) });
