import { getStack } from "@pulumi/pulumi";
import { asked } from "../asked";

/** {@link asked}, of the account on AWS. */
export const ofAccount = <T>(what: string, question: Promise<T>): Promise<T> =>
  asked(
    what,
    `look whether these credentials still hold (aws sts get-caller-identity) and may do that (npm run policy -- ${getStack()} ` +
      "--deployer says what they need); then run it again",
    question,
  );
