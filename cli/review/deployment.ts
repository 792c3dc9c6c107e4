import type { StackSpec } from "../../infra/config/spec";
import { targetDefaults } from "../../infra/config/targets";
import { wayBack } from "../rollback/wayBack";

/**
 * What whoever deploys a stack must know before: how its hosts are reached, and how far a release that fails is taken back. Nothing to say
 * of a stack on this box.
 */
export function deploymentOf(spec: StackSpec): readonly string[] {
  if (!targetDefaults[spec.target].public) return [];
  const shells = spec.access.sessions ? "; `access.sessions` is for people's shells, and brings no release" : "";
  return [
    `By SSH from ${spec.access.sshFrom.join(", ")} (\`access.sshFrom\`): a runner of CI needs an address in there, and those of ` +
      `GitHub itself have none that is fixed${shells}.`,
    `With \`--rollback-on-failure\`, where the first page does not answer: ${wayBack(spec).says}.`,
  ];
}
