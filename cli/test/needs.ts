import { debianNames } from "../../infra/config/catalog/debian";
import { browser } from "../../tools/browser";
import { exporter } from "../../tools/exporters";
import { http3 } from "../../tools/http3";
import { iam } from "../../tools/iam";
import { images, mysqlImages } from "../../tools/images";
import { k6 } from "../../tools/k6";
import { linters } from "../../tools/linters";
import { mariadb } from "../../tools/mariadb";
import { moto } from "../../tools/moto";
import { pebble } from "../../tools/pebble";
import { postgres } from "../../tools/postgres";
import { probes, signatures } from "../../tools/probes";
import { scanners } from "../../tools/scanners";
import { engine } from "../../tools/setup";
import { packages } from "../../tools/setup/packages";
import type { Step } from "../../tools/setup/step";
import { uv } from "../../tools/uv";
import { workflows } from "../../tools/workflows";

/** What tests need of this box, in the order in which it is made; those on machines need more. */
export function needs(onMachines: boolean): readonly Step[] {
  const machines = [
    http3,
    k6,
    pebble,
    scanners,
    probes,
    workflows,
    ...debianNames.flatMap((debian) => [images(debian), mysqlImages(debian)]),
  ];
  return [
    packages,
    ...engine,
    browser,
    exporter("poetry"),
    exporter("pipenv"),
    iam,
    linters,
    mariadb,
    moto,
    postgres,
    signatures,
    uv,
    ...(onMachines ? machines : []),
  ];
}
