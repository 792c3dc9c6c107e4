import { main, type Provider } from "@pulumi/pulumi/provider";
import { firewall } from "./firewall";
import { image } from "./image";
import { type Kind, Unfinished, type Values } from "./kind";
import { machine } from "./machine";
import { network } from "./network";
import { unwrapped } from "./values";

const kinds: Readonly<Record<string, Kind>> = { Image: image, Network: network, Machine: machine, Firewall: firewall };

/** "urn:pulumi:prod::shop::my:Part$nspawn:index:Machine::web-0" is of kind Machine. */
function kindOf(urn: string): Kind {
  const type = urn.split("::")[2]?.split(":").at(-1) ?? "";
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`nspawn has no resource type ${type}; it has ${Object.keys(kinds).join(", ")}`);
  return kind;
}

const plain = (wrapped: unknown) => unwrapped(wrapped) as Values;

/** Inputs keep their wrappers of secrecy in the outputs, so that a secret input stays one in the state. */
const provider: Provider = {
  version: "0.1.0",

  async check(urn, _olds, news) {
    return { inputs: news, failures: kindOf(urn).check(plain(news)) };
  },

  async diff(_id, urn, olds, news) {
    const { changes, replaces } = kindOf(urn).diff(plain(olds), plain(news), urn);
    // Name and address on the box stay the same, so the old one must go before the new one comes.
    return { changes, replaces: [...replaces], deleteBeforeReplace: true };
  },

  async create(urn, inputs) {
    const kind = kindOf(urn);
    const id = kind.id(plain(inputs));
    try {
      return { id, outs: { ...inputs, ...(await kind.create(plain(inputs), urn)) } };
    } catch (error) {
      throw asPulumiExpects(error, id, inputs);
    }
  },

  async read(id, urn, props) {
    const found = await kindOf(urn).read(plain(props));
    return found === undefined ? { id: "", props: {} } : { id, props: { ...props, ...found } };
  },

  async update(id, urn, olds, news) {
    try {
      return { outs: { ...news, ...(await kindOf(urn).update(plain(olds), plain(news), urn)) } };
    } catch (error) {
      throw asPulumiExpects(error, id, news);
    }
  },

  async delete(_id, urn, props) {
    await kindOf(urn).delete(plain(props));
  },
};

/** An error with `id`, `properties` and `reasons` keeps the resource in the state. */
function asPulumiExpects(error: unknown, id: string, properties: unknown): unknown {
  return error instanceof Unfinished ? Object.assign(error, { id, properties, reasons: [error.message] }) : error;
}

void main(provider, process.argv.slice(2));
