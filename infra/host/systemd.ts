import type { JobSpec, StackSpec } from "../config/spec";
import { isHttp, kindOf, unitsOf } from "../services";
import { commandLine } from "../services/commandLine";
import { file, type ManifestAction, type ManifestFile } from "./manifest";
import { fileText, render, renderTemplate, verbatim } from "./render";

const folder = "/etc/systemd/system";

/** Units of the services: two slots of a service and a socket for those that answer HTTP, one unit for the others. */
export function serviceUnits(spec: StackSpec): readonly ManifestFile[] {
  return spec.services.flatMap((service) => {
    const { name, memoryMiB } = service;
    const onChange: readonly ManifestAction[] = [{ verb: "roll", service: name }];
    const after = service.after
      .flatMap((before) => spec.services.filter((other) => other.name === before))
      .flatMap(unitsOf)
      .join(" ");
    const common = { service: name, app: spec.app.name, after, memoryMiB, sandbox: verbatim("systemd/sandbox.conf") };
    const unit = renderTemplate(kindOf(service).unit(service), common);
    if (!isHttp(service)) return [file(`${folder}/${name}.service`, unit, { onChange })];
    return [
      file(`${folder}/${name}@.service`, unit, { onChange }),
      file(`${folder}/${name}@.socket`, render("systemd/http@.socket", { service: name, app: spec.app.name }), { onChange }),
    ];
  });
}

/** Files that services share, once each; a change moves every service whose kind has it. */
export function sharedFiles({ services }: StackSpec): readonly ManifestFile[] {
  const sources = new Map(services.flatMap((service) => kindOf(service).files.map(({ path, source }) => [path, source] as const)));
  return [...sources].map(([path, source]) => {
    const having = services.filter((service) => kindOf(service).files.some((shared) => shared.path === path));
    return file(path, fileText(source), { onChange: having.map(({ name }) => ({ verb: "roll", service: name })) });
  });
}

/** A service and a timer for each job. */
export function jobUnits(spec: StackSpec): readonly ManifestFile[] {
  return spec.jobs.flatMap((job) => jobFiles(spec, job));
}

function jobFiles(spec: StackSpec, job: JobSpec): ManifestFile[] {
  const unit = render("systemd/job.service", {
    job: job.name,
    app: spec.app.name,
    command: commandLine(job.command),
    timeoutSeconds: job.timeoutSeconds,
    memoryMiB: job.memoryMiB,
    sandbox: verbatim("systemd/sandbox.conf"),
  });
  const timer = render("systemd/job.timer", { job: job.name, app: spec.app.name, schedule: job.schedule });
  return [
    file(`${folder}/${job.name}.service`, unit),
    file(`${folder}/${job.name}.timer`, timer, { onChange: [{ verb: "restart", unit: `${job.name}.timer` }] }),
  ];
}
