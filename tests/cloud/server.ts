/** The resource provider protocol for a simulated cloud: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto */
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { answer, properties, struct, typeOf } from "../../tools/command-plugin/grpc";
import type { Properties } from "../../tools/command-plugin/values";
import { aws } from "./aws";
import { difference } from "./diff";
import { digitalocean } from "./digitalocean";
import type { Cloud } from "./kind";
import { PublicAddresses } from "./public";
import { plainOf, Resources } from "./resource";
import { faultsOf, packages, schemaOf, type CloudName } from "./schema";
import type { Store } from "./store";

export const clouds: Readonly<Record<CloudName, Cloud>> = { digitalocean, aws };

const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";

export function implementation(name: CloudName, store: Store, cloud = clouds[name]): UntypedServiceImplementation {
  const { version } = packages[name];
  const resources = new Resources(name, cloud, store, new PublicAddresses(store));
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  return {
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
    // From an engine that was told where the cloud listens, instead of starting it: PULUMI_DEBUG_PROVIDERS.
    attach: answer(() => new Empty()),
    getSchema: answer(() => new provider.GetSchemaResponse().setSchema(JSON.stringify({ name, version }))),
    checkConfig: answer((request: provider.CheckRequest) => new provider.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(() => new provider.DiffResponse().setChanges(DIFF_NONE)),
    configure: answer(() => new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    check: answer((request: provider.CheckRequest) => {
      const type = typeOf(request.getUrn());
      const news = properties(request.getNews());
      const failures = faultsOf(schemaOf(name, type), news);
      const inputs = resources.checked(type, nameOf(request.getUrn()), properties(request.getOlds()), news);
      return new provider.CheckResponse()
        .setInputs(struct(inputs))
        .setFailuresList(failures.map(({ property, reason }) => new provider.CheckFailure().setProperty(property).setReason(reason)));
    }),
    diff: answer((request: provider.DiffRequest) => {
      const type = typeOf(request.getUrn());
      const olds = properties(request.getOldInputs() ?? request.getOlds());
      const ignored = request.getIgnorechangesList();
      const news = properties(request.getNews());
      for (const path of ignored) (news as Record<string, unknown>)[path] = olds[path];
      const { changed, replaces, deleteBeforeReplace } = difference(type, schemaOf(name, type), olds, news);
      if (replaces.length > 0) store.write({ op: "replace", type, name: nameOf(request.getUrn()), id: request.getId(), keys: replaces });
      const response = new provider.DiffResponse()
        .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList([...changed])
        .setReplacesList([...replaces])
        .setDeletebeforereplace(deleteBeforeReplace)
        .setHasdetaileddiff(true);
      for (const key of changed)
        response.getDetaileddiffMap().set(key, new provider.PropertyDiff().setKind(kindOf(key, olds, news, replaces)).setInputdiff(true));
      return response;
    }),
    create: answer(async (request: provider.CreateRequest) => {
      const type = typeOf(request.getUrn());
      const inputs = properties(request.getProperties());
      if (request.getPreview()) return new provider.CreateResponse().setProperties(struct(resources.planned(type, inputs)));
      const { id, state } = await resources.create(type, nameOf(request.getUrn()), inputs);
      return new provider.CreateResponse().setId(id).setProperties(struct(state));
    }),
    read: answer((request: provider.ReadRequest) => {
      const lives = resources.lives(typeOf(request.getUrn()), nameOf(request.getUrn()), request.getId());
      if (!lives) return new provider.ReadResponse();
      return new provider.ReadResponse().setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs());
    }),
    update: answer(async (request: provider.UpdateRequest) => {
      const type = typeOf(request.getUrn());
      const [olds, news] = [properties(request.getOlds()), properties(request.getNews())];
      const state = request.getPreview()
        ? resources.plannedUpdate(type, olds, news)
        : await resources.update(type, nameOf(request.getUrn()), request.getId(), olds, news);
      return new provider.UpdateResponse().setProperties(struct(state));
    }),
    delete: answer(async (request: provider.DeleteRequest) => {
      await resources.delete(typeOf(request.getUrn()), nameOf(request.getUrn()), request.getId());
      return new Empty();
    }),
    invoke: answer((request: provider.InvokeRequest) => {
      const called = cloud.functions[request.getTok()];
      if (called === undefined) throw new Error(`the simulated ${name} has no function ${request.getTok()}`);
      const fault = store.faultFor("invoke", request.getTok());
      if (fault?.error !== undefined) throw new Error(fault.error);
      return new provider.InvokeResponse().setReturn(struct(called(store, plainOf(properties(request.getArgs()))) as Properties));
    }),
    cancel: answer(() => new Empty()),
  };
}

function kindOf(key: string, olds: Properties, news: Properties, replaces: readonly string[]): provider.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = provider.PropertyDiff.Kind;
  const replace = replaces.includes(key);
  if (olds[key] === undefined) return replace ? ADD_REPLACE : ADD;
  if (news[key] === undefined) return replace ? DELETE_REPLACE : DELETE;
  return replace ? UPDATE_REPLACE : UPDATE;
}
