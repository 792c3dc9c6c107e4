import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { findLinter } from "../../tools/linters";
import { capture } from "../../tools/setup/process";
import type { Graph } from "../targets/graph";
import { terraformPlan } from "./terraform";

/** A rule of checkov that a resource breaks: "CKV_AWS_16 aws_db_instance.database". */
export type Finding = string;

interface Verdict {
  /** Sorted. */
  readonly open: readonly Finding[];
  /** Number of checks that held. */
  readonly passed: number;
}

interface Report {
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
  readonly summary: { readonly passed: number; readonly parsing_errors: number; readonly resource_count: number };
}

/**
 * What checkov says of a graph, with its own rules alone: nothing is fetched and nothing is told to anybody.
 * @throws when it could not read the plan or left resources out.
 */
export async function runCheckov(graph: Pick<Graph, "nodes">): Promise<Verdict> {
  const plan = terraformPlan(graph);
  const folder = mkdtempSync(join(tmpdir(), "webstack-checkov-"));
  try {
    const file = join(folder, "plan.json");
    writeFileSync(file, JSON.stringify(plan));
    const words = ["--file", file, "--framework", "terraform_plan", "--output", "json", "--compact", "--quiet", "--skip-download"];
    // Its status is 1 while anything is open.
    const said = await capture(findLinter("checkov"), [...words, "--soft-fail"], {
      env: { BC_SKIP_MAPPING: "TRUE", CHECKOV_RUN_SCA_PACKAGE_SCAN_V2: "false" },
    });
    const report = JSON.parse(said) as Report;
    const { resource_count: read, parsing_errors: errors } = report.summary;
    const asked = plan.planned_values.root_module.resources.length;
    if (errors > 0 || read !== asked) throw new Error(`checkov read ${read} of ${asked} resources, with ${errors} errors`);
    const open = report.results.failed_checks.map(({ check_id, resource }) => `${check_id} ${resource}`);
    return { open: [...new Set(open)].sort(), passed: report.summary.passed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Why findings stay open. */
export interface Reason {
  readonly id: string;
  readonly resources: readonly string[];
  readonly why: string;
}

export const reasons = parse(readFileSync(join(__dirname, "reasons.yaml"), "utf8")) as readonly Reason[];

/** Findings with a reason, sorted. */
export const reasoned = (all: readonly Reason[]): readonly Finding[] =>
  all.flatMap(({ id, resources }) => resources.map((resource) => `${id} ${resource}`)).sort();
