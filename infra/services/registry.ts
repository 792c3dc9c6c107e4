import { asgi } from "./asgi";
import { command } from "./command";
import type { Kind } from "./kind";
import { wsgi } from "./wsgi";

/** Every kind of service, by the word that stack files have for it. One more is a folder and a line here. */
export const kinds: Readonly<Record<string, Kind>> = {
  wsgi,
  asgi,
  command,
};
