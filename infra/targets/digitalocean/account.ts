import { asked } from "../asked";

/** {@link asked}, of the account on DigitalOcean. */
export const ofAccount = <T>(what: string, question: Promise<T>): Promise<T> =>
  asked(
    what,
    "look whether DIGITALOCEAN_TOKEN still holds and may read that, and whether https://status.digitalocean.com has an incident; " +
      "then run it again",
    question,
  );
