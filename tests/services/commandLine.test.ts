import { commandLine } from "../../infra/services/commandLine";

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
