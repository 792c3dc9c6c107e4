/**
 * What hostctl is told of the description, in one file; hostctl/contract.schema.json has its shape. A part is null where the description
 * has none of it.
 */
export interface Settings {
  readonly version: 1;
  /** Of the host that makes the backups. */
  readonly backup: {
    readonly schedule: string;
    readonly keepDays: number;
    readonly keepWeekly: number;
    readonly keepMonthly: number;
    readonly paths: readonly string[];
    readonly drill: {
      readonly health: boolean;
      readonly schedule: string;
      readonly checks: readonly { readonly sql: string; readonly expect: string }[];
    };
  } | null;
  readonly monitoring: {
    readonly emails: readonly string[];
    readonly smtp: {
      readonly host: string;
      readonly port: number;
      readonly tls: "starttls" | "tls" | "none";
      readonly user: string;
      readonly from: string;
    } | null;
    readonly sentry: { readonly organization: string; readonly project: string; readonly url: string } | null;
  } | null;
  /** What the watchdog asks each service for; `host` is a name that it answers to. */
  readonly watchdog: { readonly services: readonly { readonly name: string; readonly path: string; readonly host: string }[] } | null;
  /** Of a database that is somebody else's service: whether it is dumped, and how many connections the app opens. */
  readonly externalDatabase: { readonly dumps: boolean; readonly connections: number } | null;
}
