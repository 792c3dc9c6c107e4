import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

type Values = Record<string, unknown>;

// Pulumi's protocol: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

export interface Plugin {
  readonly process: ChildProcess;
  check(type: string, news: Values): Promise<{ inputs: Values; failures: { property: string; reason: string }[] }>;
  diff(type: string, olds: Values, news: Values): Promise<{ changes: boolean; replaces: string[]; deletesFirst: boolean }>;
  create(type: string, inputs: Values): Promise<{ id: string; outs: Values }>;
  read(type: string, id: string, state: Values): Promise<{ id: string; props: Values }>;
  update(type: string, id: string, olds: Values, news: Values): Promise<Values>;
  delete(type: string, id: string, state: Values): Promise<void>;
  stop(): Promise<void>;
}

const urn = (type: string) => `urn:pulumi:test::webstack::nspawn:index:${type}::it`;
const struct = (values: Values) => Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);
const plain = (value: Struct | undefined) => (value?.toJavaScript() ?? {}) as Values;

/** The plugin as Pulumi's engine runs it: its own process, spoken to over gRPC. */
export async function startPlugin(): Promise<Plugin> {
  const child = spawn(join(__dirname, "../../../providers/nspawn/pulumi-resource-nspawn"), ["127.0.0.1:1"], {
    cwd: "/",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<string>((resolve) => createInterface(child.stdout).once("line", resolve));
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const ask = <Answer>(call: (done: (error: ServiceError | null, answer: Answer) => void) => unknown) =>
    new Promise<Answer>((resolve, reject) => call((error, answer) => (error === null ? resolve(answer) : reject(error))));

  return {
    process: child,
    async check(type, news) {
      const request = new messages.CheckRequest().setUrn(urn(type)).setOlds(struct({})).setNews(struct(news));
      const answer = await ask<messages.CheckResponse>((done) => client.check(request, done));
      return { inputs: plain(answer.getInputs()), failures: answer.getFailuresList().map((failure) => failure.toObject()) };
    },
    async diff(type, olds, news) {
      const request = new messages.DiffRequest().setId("it").setUrn(urn(type)).setOlds(struct(olds)).setNews(struct(news));
      const answer = await ask<messages.DiffResponse>((done) => client.diff(request, done));
      const changes = answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME;
      return { changes, replaces: answer.getReplacesList(), deletesFirst: answer.getDeletebeforereplace() };
    },
    async create(type, inputs) {
      const request = new messages.CreateRequest().setUrn(urn(type)).setProperties(struct(inputs));
      const answer = await ask<messages.CreateResponse>((done) => client.create(request, done));
      return { id: answer.getId(), outs: plain(answer.getProperties()) };
    },
    async read(type, id, state) {
      const request = new messages.ReadRequest().setId(id).setUrn(urn(type)).setProperties(struct(state));
      const answer = await ask<messages.ReadResponse>((done) => client.read(request, done));
      return { id: answer.getId(), props: plain(answer.getProperties()) };
    },
    async update(type, id, olds, news) {
      const request = new messages.UpdateRequest().setId(id).setUrn(urn(type)).setOlds(struct(olds)).setNews(struct(news));
      return plain((await ask<messages.UpdateResponse>((done) => client.update(request, done))).getProperties());
    },
    async delete(type, id, state) {
      const request = new messages.DeleteRequest().setId(id).setUrn(urn(type)).setProperties(struct(state));
      await ask((done) => client.delete(request, done));
    },
    async stop() {
      client.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}
