/**
 * Keys that there were, by their place in a file, with the reason why there are none: whoever still has one learns more than that it is
 * unknown.
 */
export const gone: Readonly<Record<string, string>> = {
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-considerations.html
  "database.blueGreen": "RDS makes no blue/green deployment of a database whose master's password it keeps itself, as it does here",
};
