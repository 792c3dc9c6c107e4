import * as pulumi from "@pulumi/pulumi";

/**
 * A question to a provider or to the engine that was refused. The engine prints such an error as it is, without a call stack: the fault is
 * not in the program.
 */
export class Refused extends pulumi.RunError {}

/**
 * The answer to a question about what is there already.
 *
 * @param what names the question for people: "the Droplets of the account"
 * @param hint what they can do when it is refused
 * @throws Refused, with the provider's own reason on one line
 */
export async function asked<T>(what: string, hint: string, question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    throw new Refused(refusal(what, hint, error instanceof Error ? error.message : String(error)));
  }
}

/**
 * The SDK says which function it invoked, and so does the engine; the bridge to Terraform counts the errors and puts stars before them.
 * https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/invoke.ts
 */
export function refusal(what: string, hint: string, reason: string): string {
  const plain = reason
    .replace(/^(?:error: )?(?:invocation of \S+ returned an error: )+/i, "")
    .replace(/\d+ errors? occurred:/g, " ")
    .replace(/^\s*\* /gm, " ")
    .replace(/\s+/g, " ")
    .trim();
  return `${what}: could not be asked for: ${plain}; ${hint}`;
}
