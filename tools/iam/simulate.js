/** Reads requests from standard input and writes IAM's answers; see ../iam.ts. */
const { readFileSync } = require("node:fs");
const { runSimulation } = require("@cloud-copilot/iam-simulate");

async function answer({ policies, resourcePolicy, principal, action, resource, account, context = {} }) {
  const simulation = {
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: policies.map((text, index) => ({ name: String(index), policy: JSON.parse(text) })),
    ...(resourcePolicy === undefined ? {} : { resourcePolicy: JSON.parse(resourcePolicy) }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const said = await runSimulation(simulation, {});
  if (said.resultType === "error") throw new Error(`${action} on ${resource}: ${JSON.stringify(said.errors)}`);
  // A key of the context that does not belong to the action would be passed over in silence.
  const ignored = [said.result ?? said.results].flat().flatMap((one) => one.ignoredContextKeys ?? []);
  if (ignored.length > 0) throw new Error(`${action} knows no ${ignored.join(", ")}`);
  return said.overallResult;
}

Promise.all(JSON.parse(readFileSync(0, "utf8")).map(answer)).then(
  (answers) => process.stdout.write(JSON.stringify(answers)),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
