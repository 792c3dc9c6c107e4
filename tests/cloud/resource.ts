import { randomBytes } from "node:crypto";
import type { PropertyType, TypeSchema } from "../../tools/cloudSchema";
import { reveal, revealProperties, secret, type Properties, type Value } from "../../tools/command-plugin/values";
import { defaultsKey } from "./diff";
import type { Cloud, Context } from "./kind";
import { isAutonamed, schemaOf, UNKNOWN, type CloudName } from "./schema";
import type { PublicAddresses } from "./public";
import type { Fault, Plain, Store } from "./store";

/** The life of resources: what all types have in common, and the journal of it. */
export class Resources {
  constructor(
    private readonly name: CloudName,
    private readonly cloud: Cloud,
    private readonly store: Store,
    private readonly addresses: PublicAddresses,
  ) {}

  /** Inputs with the name that the provider makes up when the program gives none; a living resource keeps its own. */
  checked(type: string, name: string, olds: Properties, news: Properties): Properties {
    if (!isAutonamed(schemaOf(this.name, type)) || news.name !== undefined || news.namePrefix !== undefined)
      return { ...news, [defaultsKey]: [] };
    const kept = olds.name !== undefined && Array.isArray(olds[defaultsKey]) && olds[defaultsKey].includes("name") ? olds.name : undefined;
    return { ...news, name: kept ?? `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`, [defaultsKey]: ["name"] };
  }

  /** State of a preview: what the provider computes is not known yet. */
  planned(type: string, inputs: Properties): Properties {
    const { outputs, optional } = schemaOf(this.name, type);
    const computed = Object.keys(outputs).filter((name) => inputs[name] === undefined && !optional.includes(name));
    return this.state(schemaOf(this.name, type), inputs, Object.fromEntries(computed.map((name) => [name, UNKNOWN])));
  }

  async create(type: string, name: string, inputs: Properties): Promise<{ id: string; state: Properties }> {
    const plain = plainOf(inputs);
    const { id, outputs } = await this.journalled("create", type, name, "", async (context) => {
      this.cloud.checkName?.(type, plain);
      const made = (await this.cloud.kinds[type]?.create?.(context, plain)) ?? { id: this.cloud.id(type, plain), outputs: {} };
      this.store.put({ id: made.id, type, inputs: plain, outputs: made.outputs });
      return made;
    });
    return { id, state: this.state(schemaOf(this.name, type), inputs, this.outputs(type, id, plain, outputs)) };
  }

  async update(type: string, name: string, id: string, olds: Properties, inputs: Properties): Promise<Properties> {
    const plain = plainOf(inputs);
    const stored = this.store.must(type, id);
    const anew = await this.journalled("update", type, name, id, async (context) => {
      const kind = this.cloud.kinds[type];
      const changed = (await kind?.update?.(context, stored, plain)) ?? {};
      const ignored = Object.fromEntries((kind?.ignores ?? []).map((ignores) => [ignores, stored.inputs[ignores]]));
      this.store.put({ ...stored, inputs: { ...plain, ...ignored }, outputs: { ...stored.outputs, ...changed } });
      return changed;
    });
    return this.state(schemaOf(this.name, type), inputs, { ...this.computed(type, olds), ...anew });
  }

  /** Of a state: what no input gave. */
  computed(type: string, state: Properties): Properties {
    const { inputs } = schemaOf(this.name, type);
    return Object.fromEntries(Object.entries(state).filter(([name]) => inputs[name] === undefined));
  }

  /** State after an update that a preview only plans. */
  plannedUpdate(type: string, olds: Properties, inputs: Properties): Properties {
    return this.state(schemaOf(this.name, type), inputs, this.computed(type, olds));
  }

  async delete(type: string, name: string, id: string): Promise<void> {
    await this.journalled("delete", type, name, id, async (context) => {
      const stored = this.store.get(type, id);
      if (stored !== undefined) await this.cloud.kinds[type]?.delete?.(context, stored);
      this.store.remove(type, id);
    });
  }

  /** Whether it is still there. */
  lives(type: string, name: string, id: string): boolean {
    const stored = this.store.get(type, id);
    return stored !== undefined && (this.cloud.kinds[type]?.lives?.(this.context(name, undefined), stored) ?? true);
  }

  private context(name: string, fault: Fault | undefined): Context {
    const lead = () =>
      this.addresses.lead(
        this.cloud.routes(this.store),
        this.cloud.closed(this.store),
        this.cloud.networks(this.store).map(({ range }) => range),
      );
    return { store: this.store, addresses: this.addresses, name, fault, lead };
  }

  private async journalled<T>(
    op: "create" | "update" | "delete",
    type: string,
    name: string,
    id: string,
    work: (context: Context) => Promise<T>,
  ): Promise<T> {
    const fault = this.store.faultFor(op, type);
    try {
      if (fault?.error !== undefined) throw new Error(fault.error);
      const done = await work(this.context(name, fault));
      const made = typeof done === "object" && done !== null && "id" in done ? String(done.id) : id;
      this.store.write({ op, type, name, id: made });
      return done;
    } catch (error) {
      this.store.write({ op, type, name, id, error: (error as Error).message });
      throw error;
    }
  }

  /** Every output that the type must have: computed by its kind, or a value of the right type. */
  private outputs(type: string, id: string, inputs: Plain, computed: Plain): Plain {
    const { outputs, optional } = schemaOf(this.name, type);
    const missing = Object.entries(outputs).filter(
      ([name]) => computed[name] === undefined && inputs[name] === undefined && !optional.includes(name),
    );
    const made = missing.map(([name, of]) => [name, this.cloud.output(type, id, name, inputs) ?? empty(of, `${id}-${name}`)]);
    return { ...computed, ...Object.fromEntries(made) };
  }

  /** What the engine is told: inputs with their secrecy, and outputs that the schema names. */
  private state(schema: TypeSchema, inputs: Properties, computed: Plain): Properties {
    const both = { ...inputs, ...computed } as Properties;
    const known = Object.entries(both).filter(([name]) => schema.outputs[name] !== undefined || name === defaultsKey);
    return Object.fromEntries(
      known.map(([name, value]) => [
        name,
        schema.secrets.includes(name) && value !== undefined && value !== UNKNOWN ? secret(reveal(value)) : value,
      ]),
    );
  }
}

/** Inputs laid open. */
export function plainOf(inputs: Properties): Plain {
  return Object.fromEntries(Object.entries(revealProperties(inputs)).filter(([name]) => name !== defaultsKey));
}

function empty(type: PropertyType, text: string): Value {
  return { string: text, number: 0, boolean: false, list: [], object: {} }[type];
}
