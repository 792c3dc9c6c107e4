/** Calls a plugin as the engine does: starts it, reads its port, speaks its protocol. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

import * as grpc from "@grpc/grpc-js";
import * as engineServices from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

type Properties = Record<string, unknown>;

export class Engine {
  /** `URN-NAME: LINE`, as the plugin reported them; "kept " before one that the engine would print again at the end. */
  readonly logged: string[] = [];

  private constructor(
    private readonly plugin: ChildProcess,
    private readonly server: grpc.Server,
    private readonly client: services.ResourceProviderClient,
    logged: string[],
  ) {
    this.logged = logged;
  }

  static async start(program: string, environment: NodeJS.ProcessEnv = {}): Promise<Engine> {
    const logged: string[] = [];
    const server = new grpc.Server();
    const log: grpc.handleUnaryCall<LogRequest, Empty> = (call, callback) => {
      logged.push(
        `${call.request.getEphemeral() ? "" : "kept "}${call.request.getUrn().split("::")[3] ?? ""}: ${call.request.getMessage()}`,
      );
      callback(null, new Empty());
    };
    server.addService(engineServices.EngineService as grpc.ServiceDefinition, { log });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    const plugin = spawn(program, [`127.0.0.1:${port}`], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, SSH_AUTH_SOCK: "", ...environment },
    });
    const [first] = (await once(plugin.stdout, "data")) as [Buffer];
    const client = new services.ResourceProviderClient(`127.0.0.1:${first.toString().trim()}`, grpc.credentials.createInsecure());
    return new Engine(plugin, server, client, logged);
  }

  async stop(): Promise<void> {
    this.client.close();
    this.server.forceShutdown();
    const ended = once(this.plugin, "exit");
    this.plugin.kill();
    await ended;
  }

  async check(type: string, news: Properties): Promise<{ inputs: Properties; failures: string[] }> {
    const request = new provider.CheckRequest().setUrn(urn(type)).setOlds(struct({})).setNews(struct(news));
    const response = await call<provider.CheckResponse>((done) => this.client.check(request, done));
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: plain(response.getInputs()), failures };
  }

  async create(type: string, inputs: Properties): Promise<Properties> {
    const request = new provider.CreateRequest().setUrn(urn(type)).setProperties(struct(inputs));
    return plain((await call<provider.CreateResponse>((done) => this.client.create(request, done))).getProperties());
  }

  async update(type: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new provider.UpdateRequest().setUrn(urn(type)).setId("id").setOlds(struct(olds)).setNews(struct(news));
    return plain((await call<provider.UpdateResponse>((done) => this.client.update(request, done))).getProperties());
  }

  async delete(type: string, state: Properties): Promise<void> {
    const request = new provider.DeleteRequest().setUrn(urn(type)).setId("id").setProperties(struct(state));
    await call<Empty>((done) => this.client.delete(request, done));
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new provider.InvokeRequest().setTok(token).setArgs(struct(args));
    return plain((await call<provider.InvokeResponse>((done) => this.client.invoke(request, done))).getReturn());
  }
}

export function secret(value: unknown): Properties {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

export function asset(fields: Properties): Properties {
  return { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", hash: "1", ...fields };
}

export function archive(fields: Properties): Properties {
  return { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", hash: "1", ...fields };
}

function urn(type: string): string {
  return `urn:pulumi:test::webstack::parent:index:Parent$${type}::thing`;
}

/** The answer; an error carries the plugin's text alone. */
function call<Response>(start: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error) reject(new Error(error.details));
      else resolve(response);
    });
  });
}

function struct(value: Properties): Struct {
  return Struct.fromJavaScript(value as Record<string, JavaScriptValue>);
}

function plain(value: Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}
