import type { CommandServiceSpec, HttpServiceSpec, JobSpec, ServiceSpec, StackSpec } from "../config/spec";
import { file, type ManifestAction, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

const folder = "/etc/systemd/system";

/** Units of the services: two slots of a service and a socket for those that answer HTTP, one unit for the others. */
export function serviceUnits(spec: StackSpec): readonly ManifestFile[] {
  return spec.services.flatMap((service) => (service.kind === "command" ? [commandUnit(spec, service)] : slotUnits(spec, service)));
}

/** Settings of every gunicorn of the host, where it has one. */
export function gunicornFiles(spec: StackSpec): readonly ManifestFile[] {
  const rolls = spec.services.flatMap(({ kind, name }): ManifestAction[] => (kind === "command" ? [] : [{ verb: "roll", service: name }]));
  return rolls.length === 0 ? [] : [file("/usr/local/lib/webstack/gunicorn.conf.py", verbatim("gunicorn/gunicorn.conf.py"), { onChange: rolls })];
}

/** A service and a timer for each job. */
export function jobUnits(spec: StackSpec): readonly ManifestFile[] {
  return spec.jobs.flatMap((job) => jobFiles(spec, job));
}

function slotUnits(spec: StackSpec, service: HttpServiceSpec): ManifestFile[] {
  const { name } = service;
  const roll: ManifestAction[] = [{ verb: "roll", service: name }];
  const threads = service.kind === "wsgi" ? { threads: service.threads } : {};
  const unit = render(`systemd/${service.kind}@.service`, {
    ...threads,
    service: name,
    app: spec.app.name,
    after: afterUnits(service.after, spec.services),
    workers: service.workers,
    module: service.module,
    timeoutSeconds: service.timeoutSeconds,
    drainSeconds: service.drainSeconds,
    startSeconds: service.health.startSeconds,
    stopSeconds: service.drainSeconds + 5,
    memoryMiB: service.memoryMiB,
    tasks: service.workers * (service.threads + 8) + 32,
    sandbox: verbatim("systemd/sandbox.conf"),
  });
  return [
    file(`${folder}/${name}@.service`, unit, { onChange: roll }),
    file(`${folder}/${name}@.socket`, render("systemd/http@.socket", { service: name, app: spec.app.name }), { onChange: roll }),
  ];
}

function commandUnit(spec: StackSpec, service: CommandServiceSpec): ManifestFile {
  const text = render("systemd/command.service", {
    service: service.name,
    app: spec.app.name,
    after: afterUnits(service.after, spec.services),
    command: commandLine(service.command),
    memoryMiB: service.memoryMiB,
    sandbox: verbatim("systemd/sandbox.conf"),
  });
  return file(`${folder}/${service.name}.service`, text, { onChange: [{ verb: "roll", service: service.name }] });
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

/** The unit names behind a list of service names, both slots of a service that has slots. */
function afterUnits(names: readonly string[], services: readonly ServiceSpec[]): string {
  return unitsOf(names.flatMap((name) => services.filter((service) => service.name === name))).join(" ");
}

/** Units of services, both slots of one that has slots. */
export function unitsOf(services: readonly ServiceSpec[]): readonly string[] {
  return services.flatMap(({ kind, name }) => (kind === "command" ? [`${name}.service`] : [`${name}@blue.service`, `${name}@green.service`]));
}

/**
 * Words as an ExecStart line that systemd splits into the same words again.
 * https://www.freedesktop.org/software/systemd/man/252/systemd.service.html#Command%20lines
 */
export function commandLine(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  const escaped = word.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n").replace(/%/g, "%%").replace(/\$/g, "$$$$");
  return /^[\w@%+=:,./-]+$/.test(word) ? escaped : `"${escaped}"`;
}
