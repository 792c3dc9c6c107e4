/** What every plugin of the engine's provider protocol needs: a server that listens, and values that come and go. */
import * as grpc from "@grpc/grpc-js";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { Properties } from "./values";

/** As the engine's own client: a state may be large. */
const options = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

/** Serves `methods` on a free port of 127.0.0.1. Result: the port. */
export function listen(methods: grpc.UntypedServiceImplementation): Promise<number> {
  const server = new grpc.Server(options);
  server.addService(services.ResourceProviderService as grpc.ServiceDefinition, methods);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** A method of the protocol from a function of its request. */
export function answer<Request, Response>(
  method: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(method)
      .then(
        (response) => callback(null, response),
        (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}

/** "urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME" is of TYPE. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

export function properties(value: Struct | undefined): Properties {
  return (value?.toJavaScript() ?? {}) as Properties;
}

export function struct(value: Properties): Struct {
  // A field without a value is no field.
  const present = Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
  return Struct.fromJavaScript(present as Parameters<typeof Struct.fromJavaScript>[0]);
}
