/** What a host is told beside its manifest, by standard input of `apply`: hostctl/contract.schema.json has its shape. All may be secret. */
export interface RuntimeInputs {
  /** The app's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Text by path, readable by everybody; a change rolls the services. */
  readonly files: Readonly<Record<string, string>>;
  /** What alerts and announcements need, on hosts that make them; root alone may read it. */
  readonly secrets?: Readonly<Partial<Record<"smtpPassword" | "alertWebhook" | "sentryToken" | "alertTopic" | "statusPage", string>>>;
  /** URL of the database's administrator, where the app's user may do less than hostctl needs; root alone may read it. */
  readonly databaseAdmin?: string;
  /** URL of the database whose data move to that of `env`, while they do. */
  readonly databaseFrom?: string | undefined;
}
