import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";

const groups = [
  { role: "web", size: 2 },
  { role: "database", size: 1 },
] as const;

test("a rehearsal answers to its names first, then to the addresses of the hosts that serve, and to no other machine's", () => {
  expect(planStack(spec({ site: { domain: "shop.test", aliases: ["www.shop.test"] } }), groups).site).toEqual({
    names: ["shop.test", "www.shop.test", "10.20.0.10", "10.20.0.11"],
    scheme: "http",
  });
});

test("a site in a cloud answers to its names alone, encrypted", () => {
  const cloud = spec({ target: "aws", site: { domain: "www.example.org" }, access: { sshFrom: ["203.0.113.0/24"] } });
  expect(planStack(cloud, groups).site).toEqual({ names: ["www.example.org"], scheme: "https" });
});
