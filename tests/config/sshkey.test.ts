import { publicKeyOf } from "../../infra/config/sshkey";
import { keyPair } from "../tools/sshKey";

test("finds the public key that the maker of the pair wrote", () => {
  for (let i = 0; i < 5; i++) {
    const pair = keyPair({ comment: "deploy" });
    expect(publicKeyOf(pair.private)).toEqual({ line: pair.public.replace(/ deploy$/, "") });
  }
});

test("does not mind what a copy does to the ends of lines", () => {
  const pair = keyPair();
  expect(publicKeyOf(pair.private.trimEnd().replaceAll("\n", "\r\n"))).toEqual(publicKeyOf(pair.private));
});

test("refuses a key of another type", () => {
  expect(publicKeyOf(keyPair({ type: "ecdsa" }).private)).toEqual({ fault: "type" });
});

test("refuses a key with a passphrase", () => {
  const { private: key } = keyPair({ passphrase: "a passphrase" });
  expect(publicKeyOf(key)).toEqual({ fault: "passphrase" });
});

test("refuses what is no private key, or only the beginning of one", () => {
  const pair = keyPair();
  const [begin = "", first = "", ...rest] = pair.private.trim().split("\n");
  const cut = [begin, first, rest.at(-1)].join("\n");
  const old = pair.private.replaceAll("OPENSSH ", "");
  for (const text of ["", "x", pair.public, old, cut, pair.private.slice(0, -30)]) expect(publicKeyOf(text)).toEqual({ fault: "form" });
});
