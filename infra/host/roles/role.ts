import type { StackPlan } from "../../plan/plan";
import type { Feature } from "../feature";
import type { Manifest } from "../manifest";

/** What a machine is, by what it is for. */
export interface Role {
  /** In the order in which checks run and units start. */
  readonly features: readonly Feature[];
  /** What runs on it, with the release named by `digest`. */
  app(plan: StackPlan, digest: string): App;
}

export type App = Pick<Manifest, "user" | "plain" | "services" | "release">;

/** Of a machine that runs nothing of the app; `user` is made on it all the same. */
export const noApp = (user = ""): App => ({ user, plain: [], services: [], release: null });
