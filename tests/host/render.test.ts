import { fill } from "../../infra/host/render";
import { commandLine } from "../../infra/host/systemd";

test("fills every name, and a value may look like a variable", () => {
  expect(fill("a {{x}} b {{y}} {{x}}", { x: "{{y}}", y: 2 }, "t")).toBe("a {{y}} b 2 {{y}}");
});

test("leaves what nginx and systemd mean by themselves", () => {
  expect(fill("$host %i ${x} {{app}}", { app: "a" }, "t")).toBe("$host %i ${x} a");
});

test("refuses a name without a value and a value without a name, both at once", () => {
  expect(() => fill("{{missing}}", { unused: 1 }, "cloud-init/nginx/site.conf.tmpl")).toThrow(
    "cloud-init/nginx/site.conf.tmpl: has no value for {{missing}}, does not name {{unused}}",
  );
});

test.each([
  [["python", "manage.py"], "python manage.py"],
  [["python", "-c", "print(1)"], 'python -c "print(1)"'],
  [["sh", "a b"], 'sh "a b"'],
  [["echo", '"q" \\'], 'echo "\\"q\\" \\\\"'],
  [["date", "+%Y"], "date +%%Y"],
  [["echo", "$HOME"], 'echo "$$HOME"'],
  [["echo", ""], 'echo ""'],
  [["echo", "a\nb"], 'echo "a\\nb"'],
])("the words %j become the line %s", (words, line) => {
  expect(commandLine(words)).toBe(line);
});
