import type { Feature } from "../feature";
import { gunicornFiles, serviceUnits } from "../systemd";

/** By which a release is installed on the host. */
export const runtimePackages: readonly string[] = ["python3-pip", "python3-venv"];

/** Processes of the app, and the Debian packages that it asks for. hostctl starts and stops them. */
export const services: Feature = ({ spec }) => ({ packages: [...runtimePackages, ...spec.host.packages], files: [...serviceUnits(spec), ...gunicornFiles(spec)] });
