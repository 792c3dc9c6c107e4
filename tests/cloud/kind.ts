import type { PublicAddresses } from "./public";
import type { Fault, Plain, Store, Stored } from "./store";

/** What an operation on a resource may use. */
export interface Context {
  readonly store: Store;
  readonly addresses: PublicAddresses;
  /** Name in the program. */
  readonly name: string;
  /** What the test asked for, beside an error. */
  readonly fault: Fault | undefined;
  /** Sends every public address to where the store says it leads now. */
  lead(): void;
}

/** What a type does beyond echoing its inputs. Values are plain, without wrappers of secrecy. */
export interface Kind {
  /** `outputs`: what it computed. */
  create?(context: Context, inputs: Plain): Promise<{ readonly id: string; readonly outputs: Plain }>;
  /** Inputs that the published provider shows as updated and sends to nobody: the cloud goes on with what it had. */
  readonly ignores?: readonly string[];
  /** What it computed anew. */
  update?(context: Context, stored: Stored, inputs: Plain): Promise<Plain>;
  delete?(context: Context, stored: Stored): Promise<void>;
  /** false: somebody removed it behind the program's back. */
  lives?(context: Context, stored: Stored): boolean;
}

/** What one provider simulates. */
export interface Cloud {
  readonly kinds: Readonly<Record<string, Kind>>;
  /** @throws for a name that the cloud does not take, before anything is made under it. */
  checkName?(type: string, inputs: Plain): void;
  /** Functions that programs call, by token. */
  readonly functions: Readonly<Record<string, (store: Store, args: Plain) => Plain>>;
  /** Id of a type without a kind. */
  id(type: string, inputs: Plain): string;
  /** A computed output of a type without a kind; undefined: a value of the property's type. */
  output(type: string, id: string, property: string, inputs: Plain): unknown;
  /** Public address → private address of the machine behind it. */
  routes(store: Store): ReadonlyMap<string, string>;
  /** Closed ports of machines, by private address. */
  closed(store: Store): ReadonlyMap<string, readonly number[]>;
  /** Networks of this box that the cloud's objects stand on. */
  networks(store: Store): readonly { readonly name: string; readonly range: string }[];
}
