/** Limit: which images a first `up` makes beforehand; that one can be made is known on machines. */
import { planStack } from "../../infra/plan";
import { backupImage, databaseImage, webImage } from "../../infra/targets/local/machine";
import { imagePath } from "../../providers/nspawn/image";
import { stackImages } from "../../tools/images";
import { spec, type Raw } from "../config/baseline";

const made: string[] = [];
jest.mock("../../providers/nspawn/image", () => ({
  ...jest.requireActual<object>("../../providers/nspawn/image"),
  imagePath: (recipe: object) => `/none/${JSON.stringify(recipe)}`,
  buildImage: (recipe: object) => Promise.resolve(made.push(`/none/${JSON.stringify(recipe)}`)),
}));

beforeEach(() => made.splice(0));

const step = (raw: Raw) => stackImages(planStack(spec({ target: "local", network: { range: "10.20.0.0/24" }, ...raw })));

test.each<[string, Raw, readonly ReturnType<typeof webImage>[]]>([
  [
    "of the default, without backups",
    { backup: { enabled: false } },
    [webImage("debian-13", "postgres"), databaseImage("debian-13", "postgres")],
  ],
  [
    "of Debian 12 with MySQL, whose database keeps a machine of its own Debian",
    { host: { image: "debian-13" }, database: { engine: "mysql", version: "10.11" } },
    [webImage("debian-13", "mysql"), databaseImage("debian-12", "mysql"), backupImage("debian-13")],
  ],
  ["of Debian 12 without a database", { host: { image: "debian-12" }, database: { kind: "none" } }, [webImage("debian-12", "postgres")]],
])("a stack %s has its own images made, and no other", async (_, raw, recipes) => {
  await step(raw).make(() => undefined);
  expect(made).toEqual(recipes.map((recipe) => imagePath(recipe)));
});

test("what is missing is named by the machine and its Debian", () => {
  expect(step({ host: { image: "debian-12" }, database: { version: "15" }, backup: { enabled: false } }).missing()).toBe(
    "web of Debian 12 and database of Debian 12: about half a minute each, once",
  );
});
