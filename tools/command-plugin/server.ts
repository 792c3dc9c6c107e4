/**
 * Serves the resources to the engine: the resource provider protocol, as far as this package needs it.
 * https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
import { randomBytes } from "node:crypto";

import * as grpc from "@grpc/grpc-js";
import * as engineServices from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { disconnectAll } from "./connection";
import { answer, listen, properties, struct, typeOf } from "./grpc";
import { stopAll } from "./local";
import { localRun, resources, type Log, type Resource } from "./resources";
import { version } from "./version";

/** Serves on a free port of 127.0.0.1. `engineAddress` is where log lines go; "" = nowhere. Result: the port. */
export function serve(engineAddress: string): Promise<number> {
  return listen(implementation(logger(engineAddress)));
}

function implementation(log: (urn: string) => Log): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
    getSchema: answer(() => new provider.GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version }))),
    configure: answer(() => new provider.ConfigureResponse().setAcceptsecrets(true)),
    check: answer((request: provider.CheckRequest) => {
      const inputs = properties(request.getNews());
      const failures = resourceOf(request.getUrn())
        .check(inputs)
        .map(({ property, reason }) => new provider.CheckFailure().setProperty(property).setReason(reason));
      return new provider.CheckResponse().setInputs(struct(inputs)).setFailuresList(failures);
    }),
    // "Unknown" lets the engine compare the inputs, and apply the replaceOnChanges that the package's SDK declares.
    diff: answer(() => new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_UNKNOWN)),
    create: answer(async (request: provider.CreateRequest) => {
      const urn = request.getUrn();
      const state = await resourceOf(urn).create(properties(request.getProperties()), log(urn));
      const id = `${urn.split("::")[3] ?? ""}${randomBytes(4).toString("hex")}`;
      return new provider.CreateResponse().setId(id).setProperties(struct(state));
    }),
    read: answer((request: provider.ReadRequest) =>
      new provider.ReadResponse().setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs()),
    ),
    update: answer(async (request: provider.UpdateRequest) => {
      const urn = request.getUrn();
      const state = await resourceOf(urn).update(properties(request.getOlds()), properties(request.getNews()), log(urn));
      return new provider.UpdateResponse().setProperties(struct(state));
    }),
    delete: answer(async (request: provider.DeleteRequest) => {
      const urn = request.getUrn();
      await resourceOf(urn).delete(properties(request.getProperties()), log(urn));
      return new Empty();
    }),
    invoke: answer(async (request: provider.InvokeRequest) => {
      if (request.getTok() !== "command:local:run") throw new Error(`unknown function ${request.getTok()}`);
      return new provider.InvokeResponse().setReturn(struct(await localRun(properties(request.getArgs()), log(""))));
    }),
    cancel: answer(async () => {
      stopAll();
      await disconnectAll();
      return new Empty();
    }),
  };
}

function resourceOf(urn: string): Resource {
  const type = typeOf(urn);
  const resource = resources[type];
  if (!resource) throw new Error(`unknown resource type ${type}`);
  return resource;
}

/** Lines under the resource they belong to, in the order they came. */
function logger(address: string): (urn: string) => Log {
  if (address === "") return () => () => undefined;
  const client = new engineServices.EngineClient(address, grpc.credentials.createInsecure());
  // What is not ephemeral is printed a second time, below all else. The published plugin marks its lines so, too:
  // https://github.com/pulumi/pulumi-command/blob/master/provider/pkg/provider/util/util.go
  // The engine handles calls side by side, so a line is sent when the one before has arrived.
  let before = Promise.resolve();
  return (urn) => (line) => {
    const request = new engine.LogRequest().setSeverity(engine.LogSeverity.INFO).setMessage(line).setUrn(urn).setEphemeral(true);
    before = before.then(() => new Promise((resolve) => client.log(request, () => resolve())));
  };
}
