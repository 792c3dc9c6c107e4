/** A `*` in a statement that grants something, which the service gives no way to narrow. */
export interface Wildcard {
  /** What may be written with a `*`, whole. */
  readonly form: RegExp;
  readonly why: string;
}

// The beginnings are open: a review has a name for an ARN that is not known yet.
const objects = /^[^*/]+\/[^*/]+\/\*$/;

/**
 * By the statement's Sid. The rules of policy/ refuse every other `*` in an action or a resource; a statement that refuses may have any.
 */
export const wildcards: Readonly<Record<string, Wildcard>> = {
  BackupObjects: { form: objects, why: "objects below the host's own prefix; their names are restic's" },
  DumpObjects: { form: objects, why: "objects below the prefix of the dumps; their names are the times of the dumps" },
  LogStreams: { form: /^[^*]+:log-stream:\*$/, why: "streams of one log group; their names are the writers' own" },
  SubmitDump: { form: /^[^*]+:job\/\*$/, why: "a job has no name before it is submitted; the queue and the definition have theirs" },
  AgentMetrics: { form: /^\*$/, why: "PutMetricData knows no resource; the condition allows one namespace" },
  Sessions: {
    form: /^\*$/,
    why: "these calls of Session Manager know no resource; who may open a session is a right of people, not of the host",
  },
};

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

/**
 * Each `*` that a policy's JSON grants: by which statement, in which word, and whether {@link wildcards} explains it. A NotAction or
 * NotResource is one, too.
 */
export function wildcardsIn(policy: string): readonly { readonly sid: string; readonly word: string; readonly explained: boolean }[] {
  const { Statement: said } = JSON.parse(policy) as { readonly Statement: Statement | readonly Statement[] };
  return [said]
    .flat()
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) => {
      const { Sid: sid = "", Action = [], Resource = [] } = statement;
      const inverted = ["NotAction", "NotResource"].filter((word) => Object.hasOwn(statement, word));
      const actions = [Action].flat().filter((word) => word.includes("*"));
      const resources = [Resource].flat().filter((word) => word.includes("*"));
      return [
        ...[...inverted, ...actions].map((word) => ({ sid, word, explained: false })),
        ...resources.map((word) => ({ sid, word, explained: Object.hasOwn(wildcards, sid) && wildcards[sid]?.form.test(word) === true })),
      ];
    });
}
