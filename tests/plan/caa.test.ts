import { caaNames } from "../../infra/plan/caa";
import { spec, type Raw } from "../config/baseline";

const names = (site: Raw) =>
  caaNames(
    spec({
      target: "aws",
      access: { sshFrom: ["203.0.113.0/24"] },
      site: { domain: "www.shop.example", aliases: ["shop.example"], zone: "shop.example", ...site },
    }).site,
  );

test("a zone's own name gets a CAA record when it is asked for, since it holds for names of others too", () => {
  expect([names({}), names({ caa: "all" }), names({ caa: "none" })]).toEqual([
    ["www.shop.example"],
    ["www.shop.example", "shop.example"],
    [],
  ]);
});

test("a site with another authority, or whose records are made elsewhere, has none", () => {
  expect(names({ acme: { directory: "https://acme.example.org/directory" } })).toEqual([]);
  expect(names({ acme: { directory: "https://acme-staging-v02.api.letsencrypt.org/directory" } })).toEqual(["www.shop.example"]);
  expect(caaNames(spec({ target: "aws", access: { sshFrom: ["203.0.113.0/24"] }, site: { domain: "www.shop.example" } }).site)).toEqual([]);
});
