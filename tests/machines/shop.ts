import { ask, type Answer } from "./http";

/** OC Pizza as the world sees it: by the site's name, through the public address that it has now. */
export class Shop {
  constructor(private readonly address: () => string) {}

  page(path = "/"): Promise<Answer> {
    return this.ask(path);
  }

  /** What the API of the site answers; the status of a refusal. */
  async json(path: string, body?: object): Promise<unknown> {
    const answer = await this.ask(path, body);
    return answer.status < 300 ? (JSON.parse(answer.body) as unknown) : answer.status;
  }

  /** Orders two of the first product; the number of the order. */
  async order(name: string): Promise<string> {
    const { products } = (await this.json("/products")) as { products: { id: number }[] };
    const { restaurants } = (await this.json("/restaurants")) as { restaurants: { id: number }[] };
    const { id } = (await this.json("/orders", {
      restaurant: restaurants[0]?.id,
      name,
      lines: [{ product: products[0]?.id, quantity: 2 }],
    })) as { id: string };
    return id;
  }

  private ask(path: string, body?: object): Promise<Answer> {
    return ask(`https://www.ocpizza.fr${path}`, {
      address: this.address(),
      ca: "anybody",
      ...(body === undefined ? {} : { method: "POST", json: body }),
    });
  }
}
