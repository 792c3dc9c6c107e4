/**
 * `main digitalocean | aws | command` serves a provider to the engine under which a whole stack comes up without a machine: the simulated
 * clouds without what they boot, and commands that run nothing and say what such a command would say.
 */
import type * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { answer, listen, properties, struct } from "../../../tools/command-plugin/grpc";
import type { Properties } from "../../../tools/command-plugin/values";
import { version } from "../../../tools/command-plugin/version";
import type { Cloud } from "../../cloud/kind";
import type { CloudName } from "../../cloud/schema";
import { clouds, implementation } from "../../cloud/server";
import { Store } from "../../cloud/store";

/** What the program reads of a type; an address of this box, where nobody answers, is asked no longer than a moment. */
const outputs: Readonly<Record<string, unknown>> = { ipv4Address: "127.0.0.1", ipAddress: "127.0.0.1", publicIp: "127.0.0.1" };

const withoutMachines = (cloud: Cloud): Cloud => ({
  ...cloud,
  kinds: {},
  output: (type, id, property, inputs) => outputs[property] ?? cloud.output(type, id, property, inputs),
  routes: () => new Map(),
  closed: () => new Map(),
  networks: () => [],
});

const said: Readonly<Record<string, string>> = {
  "-host-key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEV4YW1wbGVFeGFtcGxlRXhhbXBsZUV4YW1wbGVFeGFt",
  "-handover": '{"from":null,"known":[]}',
  "-final-snapshot": "0a1b2c3d",
};

const stateOf = (urn: string, inputs: Properties): Properties => ({
  ...inputs,
  stdout: Object.entries(said).find(([end]) => urn.endsWith(end))?.[1] ?? "",
  stderr: "",
});

const commands: grpc.UntypedServiceImplementation = {
  getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
  getSchema: answer(() => new provider.GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version }))),
  configure: answer(() => new provider.ConfigureResponse().setAcceptsecrets(true)),
  check: answer((request: provider.CheckRequest) => new provider.CheckResponse().setInputs(request.getNews())),
  diff: answer(() => new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_UNKNOWN)),
  create: answer((request: provider.CreateRequest) =>
    new provider.CreateResponse().setId("ran").setProperties(struct(stateOf(request.getUrn(), properties(request.getProperties())))),
  ),
  update: answer((request: provider.UpdateRequest) =>
    new provider.UpdateResponse().setProperties(struct(stateOf(request.getUrn(), properties(request.getNews())))),
  ),
  delete: answer(() => new Empty()),
  cancel: answer(() => new Empty()),
};

const name = process.argv[2] ?? "";
const methods =
  name === "command"
    ? commands
    : implementation(name as CloudName, new Store(process.env.WEBSTACK_CLOUD ?? ""), withoutMachines(clouds[name as CloudName]));
void listen(methods).then((port) => console.log(String(port)));
