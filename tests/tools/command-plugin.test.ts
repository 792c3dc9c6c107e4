/**
 * The stand-in for the command plugin, judged by the documented behaviour of the real one. Limit: an SSH server in this process
 * stands for sshd (its files are served by OpenSSH's own sftp-server), and no engine runs; what the engine does with the
 * answers is seen in tests/machines.
 */
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { archive, asset, Engine, secret } from "./engine";
import { startSshServer, type SshServer } from "./sshServer";

const plugin = resolve(__dirname, "../../tools/command-plugin/pulumi-resource-command");
const remote = "command:remote:Command";
const copy = "command:remote:CopyToRemote";
const local = "command:local:Command";

let folder: string;
let engine: Engine;
let server: SshServer;
let connection: Record<string, unknown>;
/** The same without the host's key. */
let trusting: Record<string, unknown>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "command-plugin-"));
  server = await startSshServer(["GREETING", "PULUMI_COMMAND_STDOUT"]);
  trusting = { host: "127.0.0.1", port: server.port, user: "deploy", privateKey: server.privateKey };
  connection = { ...trusting, hostKey: server.hostKey };
  engine = await Engine.start(plugin, { PULUMI_HOME: join(folder, "nothing") });
}, 30_000);

afterAll(async () => {
  await engine.stop();
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("remote.Command", () => {
  test("runs create, and its outputs lose only the last line end", async () => {
    const state = await engine.create(remote, { connection, create: "echo one; echo two; echo; echo three >&2" });
    expect(state).toMatchObject({ stdout: "one\ntwo\n", stderr: "three", create: "echo one; echo two; echo; echo three >&2" });
  });

  test("feeds stdin", async () => {
    expect(await engine.create(remote, { connection, create: "tr a-z A-Z", stdin: "hello" })).toMatchObject({ stdout: "HELLO" });
  });

  test("feeds a large stdin to a command that does not read it", async () => {
    expect(await engine.create(remote, { connection, create: "echo fine", stdin: "x".repeat(4_000_000) })).toMatchObject({
      stdout: "fine",
    });
  });

  test("runs update when there is one", async () => {
    const state = await engine.update(remote, { connection, stdout: "old" }, { connection, create: "echo create", update: "echo update" });
    expect(state).toMatchObject({ stdout: "update" });
  });

  test("runs create again when there is no update", async () => {
    expect(await engine.update(remote, { connection, stdout: "old" }, { connection, create: "echo create" })).toMatchObject({
      stdout: "create",
    });
  });

  test("hands the output of the run before to the next one", async () => {
    const news = { connection, create: 'echo "before: $PULUMI_COMMAND_STDOUT"' };
    expect(await engine.update(remote, { connection, stdout: "old", stderr: "" }, news)).toMatchObject({ stdout: "before: old" });
    const off = { ...news, addPreviousOutputInEnv: false };
    expect(await engine.update(remote, { connection, stdout: "old", stderr: "" }, off)).toMatchObject({ stdout: "before: " });
  });

  test("deletes with the recorded script", async () => {
    const file = join(folder, "deleted");
    await engine.delete(remote, { connection, create: "true", delete: `echo gone > ${file}` });
    expect(readFileSync(file, "utf8")).toBe("gone\n");
  });

  test("deletes without a connection when there is no delete script", async () => {
    await engine.delete(remote, { connection: { host: "127.0.0.1", port: 1, dialErrorLimit: 0 }, create: "true" });
  });

  test("says which command failed, how, and what it printed", async () => {
    const failed = engine.create(remote, { connection, create: "echo out; echo err >&2; exit 3" });
    await expect(failed).rejects.toThrow(
      /^Process exited with status 3: running "echo out; echo err >&2; exit 3":\n(out\nerr|err\nout)\n$/,
    );
  });

  test("does not print a secret command that failed", async () => {
    const failed = engine.create(remote, { connection, create: secret("false # hunter2") });
    await expect(failed).rejects.toThrow(new Error("Process exited with status 1: running [secret]:\n"));
  });

  test("sets the environment that the server accepts", async () => {
    const state = await engine.create(remote, { connection, environment: { GREETING: "good day" }, create: 'echo "$GREETING"' });
    expect(state).toMatchObject({ stdout: "good day" });
  });

  test("does not run without an environment that the server refuses", async () => {
    const file = join(folder, "ran");
    const failed = engine.create(remote, { connection, environment: { OTHER: "x" }, create: `touch ${file}` });
    await expect(failed).rejects.toThrow("ssh: setenv failed: the server refused OTHER; name it in AcceptEnv");
    expect(existsSync(file)).toBe(false);
  });

  test("marks the outputs secret when an input is, the connection aside", async () => {
    const open = await engine.create(remote, { connection: secret(connection), create: "echo open" });
    expect(open).toMatchObject({ stdout: "open", connection: secret(connection) });
    const closed = await engine.create(remote, { connection, create: "cat", stdin: secret("hunter2") });
    expect(closed).toMatchObject({ stdout: secret("hunter2"), stderr: secret(""), stdin: secret("hunter2") });
  });

  test.each([
    ["stdoutAndStderr", ["thing: out", "thing: err"]],
    [undefined, ["thing: out", "thing: err"]],
    ["stdout", ["thing: out"]],
    ["stderr", ["thing: err"]],
    ["none", []],
  ])("with logging %s reports %j", async (logging, lines) => {
    engine.logged.length = 0;
    await engine.create(remote, {
      connection,
      create: "echo out; sleep 0.1; echo err >&2",
      stdin: "typed",
      ...(logging ? { logging } : {}),
    });
    expect(engine.logged).toEqual(lines);
  });

  test("passes unknown inputs through a preview's check", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const news = { connection: unknown, create: unknown, triggers: [unknown] };
    expect(await engine.check(remote, news)).toEqual({ inputs: news, failures: [] });
  });

  test("uses one connection for all commands of a host", async () => {
    const before = server.connections();
    const fresh = { ...connection, perDialTimeout: 16 };
    const states = await Promise.all([1, 2, 3].map((n) => engine.create(remote, { connection: fresh, create: `echo ${n}` })));
    expect(states.map(({ stdout }) => stdout)).toEqual(["1", "2", "3"]);
    expect(server.connections() - before).toBe(1);
  });
});

describe("a connection", () => {
  test("to a host with another key is refused at once", async () => {
    const other = await startSshServer([]);
    const started = Date.now();
    const failed = engine.create(remote, { connection: { ...connection, hostKey: other.hostKey }, create: "true" });
    await expect(failed).rejects.toThrow(
      new RegExp(`^ssh: host key mismatch: 127\\.0\\.0\\.1:${server.port} answered with SHA256:\\S{43}, expected SHA256:\\S{43}$`),
    );
    expect(Date.now() - started).toBeLessThan(2000);
    await other.stop();
  });

  test("without a host key believes every host", async () => {
    expect(await engine.create(remote, { connection: trusting, create: "echo in" })).toMatchObject({ stdout: "in" });
  });

  test("is tried dialErrorLimit times again", async () => {
    const failed = engine.create(remote, { connection: { ...connection, port: 1, dialErrorLimit: 2 }, create: "true" });
    await expect(failed).rejects.toThrow("ssh: connect to 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1");
  });

  test("that the host resets, as one does that boots, is tried again, and the plugin lives on", async () => {
    const resetting = createServer((socket) => socket.on("error", () => undefined).resetAndDestroy());
    await once(resetting.listen(0, "127.0.0.1"), "listening");
    const { port } = resetting.address() as AddressInfo;
    const failed = engine.create(remote, { connection: { ...trusting, port, dialErrorLimit: 1 }, create: "true" });
    await expect(failed).rejects.toThrow(/ECONNRESET|Connection lost/);
    resetting.close();
    expect(await engine.create(remote, { connection, create: "echo alive" })).toMatchObject({ stdout: "alive" });
  });

  test("is made as soon as the host is up", async () => {
    const gone = await startSshServer([]);
    await gone.stop();
    const created = engine.create(remote, { connection: { ...trusting, port: gone.port, dialErrorLimit: 20 }, create: "true" });
    const late = await new Promise<SshServer>((resolve, reject) =>
      setTimeout(() => void startSshServer([], gone.port).then(resolve, reject), 500),
    );
    // The late server has keys of its own, so being refused by it proves that it was reached.
    await expect(Promise.race([created, new Promise((resolve) => setTimeout(resolve, 2000, "still trying"))])).resolves.toBe(
      "still trying",
    );
    expect(late.connections()).toBeGreaterThan(0);
    created.catch(() => undefined);
    await late.stop();
  });

  test("with a wrong user fails with the host's name", async () => {
    const failed = engine.create(remote, { connection: { ...connection, user: "root", dialErrorLimit: 0 }, create: "true" });
    await expect(failed).rejects.toThrow(`ssh: connect to 127.0.0.1:${server.port}: All configured authentication methods failed`);
  });

  test("with a broken private key fails without printing it", async () => {
    const failed = engine.create(remote, { connection: { ...connection, privateKey: "hunter2" }, create: "true" });
    await expect(failed).rejects.toThrow(/^ssh: connect to \S+: Cannot parse privateKey: (?!.*hunter2)/);
  });
});

describe("CopyToRemote", () => {
  test("writes a text, and makes the parents", async () => {
    const remotePath = join(folder, "text", "deep", "file.conf");
    await engine.create(copy, { connection, source: asset({ text: "a = 1\n" }), remotePath });
    expect(readFileSync(remotePath, "utf8")).toBe("a = 1\n");
  });

  test("copies a file over a file, or into a folder", async () => {
    const path = join(folder, "source.txt");
    writeFileSync(path, "content");
    await engine.create(copy, { connection, source: asset({ path }), remotePath: join(folder, "target.txt") });
    expect(readFileSync(join(folder, "target.txt"), "utf8")).toBe("content");
    mkdirSync(join(folder, "into"));
    await engine.create(copy, { connection, source: asset({ path }), remotePath: join(folder, "into") });
    expect(readFileSync(join(folder, "into", "source.txt"), "utf8")).toBe("content");
  });

  test("copies a folder under its own name, and only what is in it when its path ends with a slash", async () => {
    const path = join(folder, "tree");
    mkdirSync(join(path, "leaves"), { recursive: true });
    writeFileSync(join(path, "leaves", "one"), "1");
    await engine.create(copy, { connection, source: archive({ path }), remotePath: join(folder, "a") });
    expect(readFileSync(join(folder, "a", "tree", "leaves", "one"), "utf8")).toBe("1");
    await engine.create(copy, { connection, source: archive({ path: `${path}/` }), remotePath: join(folder, "b") });
    expect(readFileSync(join(folder, "b", "leaves", "one"), "utf8")).toBe("1");
  });

  test("copies again only when the source or the path changed", async () => {
    const remotePath = join(folder, "again");
    const old = await engine.create(copy, { connection, source: asset({ text: "first", hash: "1" }), remotePath });
    writeFileSync(remotePath, "changed by hand");
    await engine.update(copy, old, { ...old, triggers: ["x"] });
    expect(readFileSync(remotePath, "utf8")).toBe("changed by hand");
    await engine.update(copy, old, { ...old, source: asset({ text: "second", hash: "2" }) });
    expect(readFileSync(remotePath, "utf8")).toBe("second");
  });

  test("leaves the file when it is deleted", async () => {
    const remotePath = join(folder, "kept");
    const state = await engine.create(copy, { connection, source: asset({ text: "x" }), remotePath });
    await engine.delete(copy, state);
    expect(existsSync(remotePath)).toBe(true);
  });

  test("says which path it could not write", async () => {
    const failed = engine.create(copy, { connection, source: asset({ text: "x" }), remotePath: folder });
    await expect(failed).rejects.toThrow(`remote path ${folder} is a directory; when using a text asset, remotePath must be a file path`);
  });

  test("refuses a source it cannot copy", async () => {
    const { failures } = await engine.check(copy, { connection, source: archive({ assets: {} }), remotePath: "/tmp/x" });
    expect(failures).toEqual(["source: must be a FileAsset, a StringAsset or a FileArchive"]);
  });
});

describe("local.Command", () => {
  test("runs with /bin/sh, or with the interpreter given", async () => {
    expect(await engine.create(local, { create: "echo $0" })).toMatchObject({ stdout: "/bin/sh" });
    expect(await engine.create(local, { create: "console.log(6 * 7)", interpreter: ["node", "-e"] })).toMatchObject({ stdout: "42" });
  });

  test("runs in dir, with environment and stdin", async () => {
    const state = await engine.create(local, { create: 'pwd; echo "$A"; cat', dir: folder, environment: { A: "b" }, stdin: "in" });
    expect(state).toMatchObject({ stdout: `${folder}\nb\nin` });
  });

  test("says how a command failed", async () => {
    await expect(engine.create(local, { create: "echo bad; exit 7" })).rejects.toThrow(
      new Error('exit status 7: running "echo bad; exit 7":\nbad\n'),
    );
    await expect(engine.create(local, { create: "true", dir: "/nowhere" })).rejects.toThrow(/ENOENT/);
  });

  test("hands back the files its globs choose", async () => {
    const dir = join(folder, "globs");
    for (const sub of ["assets/logos", "src"]) mkdirSync(join(dir, sub), { recursive: true });
    for (const file of ["assets/logos/logo.svg", "src/index.js", "src/secret.js"]) writeFileSync(join(dir, file), file);
    const paths = ["assets/**", "src/**.js", "!**secret.*"];
    const state = await engine.create(local, { create: "true", dir, assetPaths: paths, archivePaths: ["*.none", "src/{index,x}.js"] });
    expect(Object.keys(state["assets"] as object)).toEqual(["assets/logos/logo.svg", "src/index.js"]);
    expect(state["archive"]).toMatchObject({ assets: { "src/index.js": { path: join(dir, "src/index.js") } } });
  });

  test("runs as a function", async () => {
    expect(await engine.invoke("command:local:run", { command: "echo $((1 + 1))" })).toMatchObject({ stdout: "2", stderr: "" });
  });
});
