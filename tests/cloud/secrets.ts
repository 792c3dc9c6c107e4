/** Secrets as the cloud's own parts keep them, in moto, which is asked without a signature. */

async function call(api: string, action: string, values: object): Promise<Record<string, string>> {
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": `secretsmanager.${action}`,
    // moto reads the region from it.
    Authorization: `AWS4-HMAC-SHA256 Credential=SIMULATED/20260101/${region}/secretsmanager/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const answer = await fetch(api, { method: "POST", headers, body: JSON.stringify(values) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${action}: ${text}`);
  return JSON.parse(text) as Record<string, string>;
}

const region = process.env.AWS_REGION ?? "eu-central-1";

/** Result: its ARN. */
export async function createSecret(api: string, name: string, value?: object): Promise<string> {
  return String(
    (await call(api, "CreateSecret", { Name: name, ...(value === undefined ? {} : { SecretString: JSON.stringify(value) }) })).ARN,
  );
}

export async function readSecret(api: string, arn: string): Promise<Record<string, string>> {
  return JSON.parse(String((await call(api, "GetSecretValue", { SecretId: arn })).SecretString)) as Record<string, string>;
}

export async function writeSecret(api: string, arn: string, value: object): Promise<void> {
  await call(api, "PutSecretValue", { SecretId: arn, SecretString: JSON.stringify(value) });
}

export async function deleteSecret(api: string, arn: string): Promise<void> {
  await call(api, "DeleteSecret", { SecretId: arn, ForceDeleteWithoutRecovery: true });
}
