import { planStack } from "../../infra/plan";
import { budgetNotice, overBudget } from "../../infra/plan/budget";
import { spec } from "../config/baseline";
import { exampleSpec } from "../goldens/stacks";

const small = { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 2, threads: 4 } };
const access = { sshFrom: ["203.0.113.0/24"] };

test("a budget below the estimate is refused before anything is made; one above it, and none, are not", () => {
  const within = (budget: number) =>
    overBudget(
      planStack(
        spec({
          target: "digitalocean",
          host: { size: "s-1vcpu-1gb", snapshots: { every: "day" } },
          services: small,
          access,
          monitoring: { budget },
        }),
      ),
    );
  expect([within(0), within(23)]).toEqual([[], []]);
  expect(within(22)).toEqual([
    {
      at: "monitoring.budget",
      must: "must be at least 23, since the stack is estimated to cost 22.80 a month",
      got: 22,
      hint: "take smaller sizes, or raise it",
    },
  ]);
});

test("a budget over prices that are not known says what it is compared with, and how they are read", () => {
  expect(budgetNotice(planStack(exampleSpec("aws")))).toBe(
    "monitoring.budget: 60 is compared with 8.80 a month alone, since no price is known for instance t3.small, root disk of 20 " +
      "GiB, managed database db.t4g.micro, database disk of 20 GiB, 2 secrets: the passwords of the master and of the app, 3 alarms " +
      "beyond the 10 that an account has free; npm run prices -- eu-west-3 reads them where AWS' price list can be reached",
  );
  const known = spec({
    target: "aws",
    host: { size: "t3.micro", region: "us-east-1" },
    services: small,
    access,
    monitoring: { budget: 60, emails: ["ops@shop.example"] },
  });
  expect([
    budgetNotice(planStack(known)),
    budgetNotice(planStack(exampleSpec("bitcoin-aws"))),
    budgetNotice(planStack(exampleSpec("prod"))),
  ]).toEqual([null, null, null]);
});
