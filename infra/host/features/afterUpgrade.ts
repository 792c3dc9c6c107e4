import { unitsOf } from "../../services";
import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/** Services start anew after an update of what they run on. */
export const afterUpgrade: Feature = ({ spec }) => ({
  files: [
    file("/etc/systemd/system/apt-daily-upgrade.service.d/webstack.conf", verbatim("hardening/upgrade-service.conf")),
    file("/usr/local/lib/webstack/after-upgrade", render("hardening/after-upgrade", { units: spec.services.flatMap(unitsOf).join(" ") }), {
      mode: "0755",
    }),
  ],
});
