import type { HttpServiceSpec } from "../config/spec";
import { render } from "./render";

/**
 * Where a check from outside learns whether a service works, as hostctl does of its health page: 200 or 503, whether or not there is
 * maintenance.
 */
export const healthCheckPath = (service: string): string => `/.webstack/health/${service}`;

/** By which nginx asks the app; nobody else reaches it. */
const askPath = (service: string): string => `/.webstack/ask/${service}`;

/** Every path of the checks of some services, their inner ones too. */
export const healthCheckPaths = (services: readonly HttpServiceSpec[]): readonly string[] =>
  services.flatMap(({ name }) => [healthCheckPath(name), askPath(name)]);

/** nginx's locations of the check of a service. */
export function healthCheckLocations({ name, health, timeoutSeconds }: HttpServiceSpec): string {
  return render("nginx/location-health.conf", {
    service: name,
    asked: healthCheckPath(name),
    asks: askPath(name),
    healthPath: health.path,
    timeoutSeconds,
  });
}
