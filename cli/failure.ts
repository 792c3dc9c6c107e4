/** What went wrong in a run of the engine. */
export interface Failure {
  /** "web-0-apply" */
  readonly resource: string;
  /** In a line, such as the exception of an app. */
  readonly why: string;
}

/**
 * The part of an event of the engine that tells of failures. https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/apitype/events.go
 */
interface Event {
  readonly resOpFailedEvent?: { readonly metadata: { readonly urn: string } };
  readonly diagnosticEvent?: { readonly urn?: string; readonly message: string; readonly severity: string };
}

/**
 * The first resource that failed, by what the engine wrote with --event-log: one event a line, the last of which a killed engine may have
 * left unfinished. null where none has, as when nobody confirmed the run or the description has problems.
 */
export function failureOf(events: string): Failure | null {
  const read = events.split("\n").flatMap(readEvent);
  const urn = read.find(({ resOpFailedEvent }) => resOpFailedEvent !== undefined)?.resOpFailedEvent?.metadata.urn;
  if (urn === undefined) return null;
  const said = read.flatMap(({ diagnosticEvent: event }) =>
    event?.urn === urn && event.severity === "error" ? [plain(event.message)] : [],
  );
  return { resource: urn.split("::").at(-1) ?? urn, why: reason(said.join("\n")) };
}

/** The engine colours its messages so. */
const plain = (message: string): string => message.replace(/<\{%[^%]*%\}>/g, "");

function readEvent(line: string): readonly Event[] {
  try {
    return [JSON.parse(line) as Event];
  } catch {
    return [];
  }
}

/**
 * The last line of a traceback, without gunicorn's HaltServer, which only tells that a worker ended. hostctl/machine/units.py has the same
 * form.
 */
const exceptionForm = /^(?!gunicorn\.errors\.HaltServer)(?:[\w.]+(?:Error|Exception|Exit|Interrupt)|(?:[a-z_]\w*\.)+[A-Z]\w+)(: |$)/;

/**
 * The line that says most: the last exception of an app, else what hostctl or a program said first, without the words of the command that
 * brought it there.
 */
export function reason(message: string): string {
  const lines = message
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(error: )?(update failed|Process exited with status|exit status|running )/.test(line));
  const exception = lines.findLast((line) => exceptionForm.test(line));
  const said = lines.find((line) => line.startsWith("hostctl: ")) ?? lines[0] ?? "it does not say";
  return exception ?? said.replace(/^(hostctl|error): /, "");
}
