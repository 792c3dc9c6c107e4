import type { Plain } from "./store";

interface Rule {
  readonly is: RegExp;
  readonly refusal: string;
}

/** What AWS takes for a name that the program gives, by type. */
const rules: Readonly<Record<string, Rule>> = {
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
  "aws:backup/vault:Vault": { is: /^[a-zA-Z0-9_-]{2,50}$/, refusal: "InvalidParameterValueException: Invalid backup vault name" },
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlanInput.html
  "aws:backup/plan:Plan": { is: /^[a-zA-Z0-9._-]{1,50}$/, refusal: "InvalidParameterValueException: Invalid backup plan name" },
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": {
    is: /^[a-zA-Z0-9_]{1,50}$/,
    refusal: "InvalidParameterValueException: Invalid restore testing plan name",
  },
  // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
  "aws:scheduler/schedule:Schedule": {
    is: /^[a-zA-Z0-9._-]{1,64}$/,
    refusal: "ValidationException: Value at 'name' failed to satisfy constraint",
  },
  // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
  "aws:rds/instance:Instance": {
    is: /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    refusal: "InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier",
  },
};

/** @throws for a name that AWS does not take, as AWS does before anything is made. */
export function checkName(type: string, { identifier, name }: Plain): void {
  const given = identifier ?? name;
  const rule = rules[type];
  if (rule !== undefined && typeof given === "string" && !rule.is.test(given)) throw new Error(`${rule.refusal}: ${given}`);
}
