import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer, type Server } from "node:net";

export interface Posted {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server that takes every POST of JSON and keeps it: a webhook's receiver, or Sentry. Limit: its answers are empty. */
export class PostSink {
  readonly posts: Posted[] = [];
  private readonly server: HttpServer;

  constructor() {
    this.server = createHttpServer((request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        this.posts.push({
          path: request.url ?? "",
          authorization: request.headers.authorization,
          body: JSON.parse(text) as Record<string, unknown>,
        });
        response.writeHead(201, { "Content-Type": "application/json" }).end("{}");
      });
    });
  }

  listen(address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => this.server.once("error", reject).listen(port, address, resolve));
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, decoded as far as plain ASCII needs it. */
  readonly text: string;
}

/** A mail server that takes everything (RFC 5321, without extensions) and keeps it. */
export class MailSink {
  readonly mails: Mail[] = [];
  private server: Server | undefined;

  listen(address: string, port: number): Promise<void> {
    const server = createServer((socket) => {
      let rest = "";
      let data: string[] | null = null;
      let envelope = { from: "", to: [] as string[] };
      const take = (line: string): string | null => {
        if (data !== null) {
          if (line !== ".") {
            data.push(line.replace(/^\./, ""));
            return null;
          }
          this.mails.push({ ...envelope, text: data.join("\n") });
          data = null;
          envelope = { from: "", to: [] };
          return "250 taken";
        }
        const [, verb = "", path = ""] = /^(\w+)[^<]*(?:<([^>]*)>)?/.exec(line) ?? [];
        if (/^MAIL$/i.test(verb)) envelope.from = path;
        if (/^RCPT$/i.test(verb)) envelope.to.push(path);
        if (/^DATA$/i.test(verb)) {
          data = [];
          return "354 go on";
        }
        return /^QUIT$/i.test(verb) ? "221 bye" : "250 yes";
      };
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString("utf8")).split("\r\n");
        rest = lines.pop() ?? "";
        for (const answer of lines.map(take)) if (answer !== null) socket.write(`${answer}\r\n`);
      });
      socket.write("220 sink\r\n");
    });
    this.server = server;
    return new Promise((resolve, reject) => server.once("error", reject).listen(port, address, resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => (this.server === undefined ? resolve() : this.server.close(() => resolve())));
  }
}
