import { kindOf } from "../../services";
import type { Feature } from "../feature";
import { serviceUnits, sharedFiles } from "../systemd";

/** By which a release is installed on the host. */
export const runtimePackages: readonly string[] = ["python3-pip", "python3-venv"];

/** Processes of the app, and the Debian packages that it asks for, to run and to be compiled. hostctl starts and stops them. */
export const services: Feature = ({ spec }) => ({
  packages: [
    ...runtimePackages,
    ...spec.services.flatMap((service) => kindOf(service).packages),
    ...spec.host.packages,
    ...spec.app.buildPackages,
  ],
  files: [...serviceUnits(spec), ...sharedFiles(spec)],
});
