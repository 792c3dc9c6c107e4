import { deploymentOf } from "../../../cli/review/deployment";
import { spec, type Raw } from "../../config/baseline";

const cloud = (overrides: Raw) =>
  deploymentOf(
    spec({ target: "aws", site: { domain: "www.shop.example" }, access: { sshFrom: ["203.0.113.7/32", "198.51.100.0/24"], ...overrides } }),
  );

test("a review says from where the hosts are reached, and how far a release is taken back", () => {
  expect(cloud({})).toEqual([
    "By SSH from 203.0.113.7/32, 198.51.100.0/24 (`access.sshFrom`): a runner of CI needs an address in there, and those of GitHub " +
      "itself have none that is fixed.",
    "With `--rollback-on-failure`, where the first page does not answer: the code goes back; no step of a release touches a database.",
  ]);
});

test("shells for people are no way for a release", () => {
  expect(cloud({ sessions: true })[0]).toMatch(/fixed; `access\.sessions` is for people's shells, and brings no release\.$/);
});

test("a stack on this box is reached from this box", () => {
  expect(deploymentOf(spec())).toEqual([]);
});
