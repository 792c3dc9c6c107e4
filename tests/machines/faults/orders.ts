import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../http";
import type { FaultSite } from "./site";

/** Customers who order four times a second; every order that was acknowledged (201) must be in the database for ever. */
export class Orders {
  private readonly ids: string[] = [];
  private going = true;
  private readonly ended: Promise<void>;

  private constructor(
    private readonly site: FaultSite,
    private readonly order: unknown,
  ) {
    this.ended = this.place();
  }

  static async begin(site: FaultSite): Promise<Orders> {
    const first = async (path: string, name: string) => {
      const { body } = await ask(`${site.url}${path}`, { address: site.address, ca: "anybody" });
      return (JSON.parse(body) as Record<string, { id: number }[]>)[name]?.[0]?.id;
    };
    return new Orders(site, {
      restaurant: await first("restaurants", "restaurants"),
      name: "Ada",
      lines: [{ product: await first("products", "products"), quantity: 1 }],
    });
  }

  /** Ends them; how many were acknowledged, and how many of those are not there. */
  async end(): Promise<{ orders: number; lost: number }> {
    this.going = false;
    await this.ended;
    const found = await this.site.superuser(
      `select count(*) from shop_order where id in (${this.ids.map((id) => `'${id}'`).join(",") || "null"})`,
    );
    return { orders: this.ids.length, lost: this.ids.length - Number(found) };
  }

  private async place(): Promise<void> {
    while (this.going) {
      const began = Date.now();
      await ask(`${this.site.url}orders`, { address: this.site.address, ca: "anybody", method: "POST", json: this.order }).then(
        ({ status, body }) => {
          if (status === 201) this.ids.push((JSON.parse(body) as { id: string }).id);
        },
        // Not acknowledged, so nothing was promised.
        () => undefined,
      );
      await sleep(Math.max(0, 250 - (Date.now() - began)));
    }
  }
}
