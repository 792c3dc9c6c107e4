import { healthCheckLocations, healthCheckPath, healthCheckPaths } from "../../infra/host/healthCheck";
import { httpServices } from "../../infra/services";
import { spec } from "../config/baseline";

const services = httpServices(spec().services);

test("a check from outside asks one path, by which nginx asks the app at another that nobody else reaches", () => {
  expect([healthCheckPath("web"), healthCheckPaths(services)]).toEqual([
    "/.webstack/health/web",
    ["/.webstack/health/web", "/.webstack/ask/web"],
  ]);
  const [text = ""] = services.map(healthCheckLocations);
  expect(text).toContain("    location = /.webstack/ask/web {\n        internal;\n");
});
