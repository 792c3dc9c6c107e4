/** An answer that is no success: `code` for programs, `message` for people. */
export class ApiError extends Error {
  constructor(status, { code, message, fields = {} }) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
const away = { code: "away", message: "The site does not answer. It is most likely back in a moment." };

/** JSON of an answer; null where there is none. Throws ApiError. */
export async function ask(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw new ApiError(0, away);
  }
  const said = answer.status !== 204 && answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null;
  if (answer.ok) return said;
  if (said?.error === undefined) throw new ApiError(answer.status, away);
  throw new ApiError(answer.status, { ...said.error, message: sentence(said.error.message) });
}

export const get = (path) => ask("GET", path);

const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Sends a booking until there is an answer, `attempts` times at most. The key makes that safe: a server that died after it had taken the
 * seats gives the same booking to the next attempt.
 */
export async function book(session, booking, key, attempts = 4) {
  try {
    return await ask("POST", `/sessions/${session}/bookings`, booking, { "Idempotency-Key": key });
  } catch (error) {
    if (attempts <= 1 || ![0, 502, 503, 504].includes(error.status)) throw error;
    await later(1000 + Math.random() * 1000);
    return book(session, booking, key, attempts - 1);
  }
}

/** Not crypto.randomUUID, which a page without TLS does not have. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
