import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

import { HttpMemory } from "../lib/http-memory.js";
import { connect } from "../lib/memory.js";
import { StdioMemory } from "../lib/stdio-memory.js";
import { Unreachable } from "../lib/unreachable.js";

const LAUNCHER = fileURLToPath(new URL("../../agentic-memory", import.meta.url));
const START_MS_MAX = 120_000;
const quiet = { warn() {}, error() {} };
let home;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "memory-"))));
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

const real = () => ({
  kind: "stdio",
  command: LAUNCHER,
  args: ["stdio"],
  env: { ...process.env, LC_ALL: "C.UTF-8", MEMORY_HOME: home, MEMORY_SERVER_IDLE_SECONDS: "0" },
});

test("the real server remembers once and finds again, also after it was ended", async () => {
  const memory = connect(real(), quiet);
  const add = { messages: [{ role: "user", content: "我喜欢喝茶 tea" }], agent_id: "dev", run_id: today(), infer: false, idempotency_key: "k" };
  await memory.add(add, START_MS_MAX);
  await memory.add(add, START_MS_MAX);
  memory.close();
  const found = await memory.search({ query: "tea", agent_id: "dev", recent_days: 7, top_k: 8, min_score: 0.2 }, START_MS_MAX);
  assert.deepEqual(
    found.map((hit) => hit.memory),
    ["我喜欢喝茶 tea"],
  );
  await assert.rejects(memory.search({ query: "" }, START_MS_MAX), (e) => !(e instanceof Unreachable));
  memory.close();
});

test("a server that dies, does not exist or does not answer is unreachable, within the time given", async () => {
  for (const [command, args] of [
    ["sh", ["-c", "read line; exit 3"]],
    ["/no/such/file", []],
    ["cat", []],
    ["sh", ["-c", "echo nonsense; sleep 100"]],
  ]) {
    const memory = new StdioMemory({ command, args, env: { PATH: process.env.PATH } }, quiet);
    await assert.rejects(memory.search({ query: "a" }, 300), Unreachable, command);
    memory.close();
  }
});

test("a server that does not start is not started at each turn", async () => {
  const failures = [];
  const memory = new StdioMemory({ command: "false", args: [], env: process.env }, { warn: (text) => failures.push(text) });
  for (let i = 0; i < 5; i++) {
    await assert.rejects(memory.search({ query: "a" }, 2_000), Unreachable);
  }
  assert.equal(failures.length, 1);
});

test("over HTTP the REST contract is spoken, with the token and the user", async () => {
  const asked = [];
  await serving(
    (request, body, response) => {
      asked.push([request.method, request.url, request.headers.authorization, JSON.parse(body)]);
      response.end(JSON.stringify({ status: "ok", results: [{ memory: "tea" }] }));
    },
    async (origin) => {
      const memory = new HttpMemory({ origin, authorization: "Bearer t", userId: "boss" });
      assert.deepEqual(await memory.search({ query: "q" }, 5_000), [{ memory: "tea" }]);
      await memory.add({ text: "x" }, 5_000);
    },
  );
  assert.deepEqual(asked, [
    ["POST", "/memory/search_combined", "Bearer t", { user_id: "boss", query: "q" }],
    ["POST", "/memory/add", "Bearer t", { user_id: "boss", text: "x" }],
  ]);
});

test("over HTTP it is told apart what may succeed later", async () => {
  for (const [status, later] of [
    [503, true],
    [429, true],
    [401, true],
    [422, false],
    [400, false],
  ]) {
    await serving(
      (_, __, response) => response.writeHead(status).end('{"detail":"no"}'),
      async (origin) => {
        const failure = await new HttpMemory({ origin }).add({}, 5_000).catch((e) => e);
        assert.equal(failure instanceof Unreachable, later, String(status));
        assert.match(failure.message, new RegExp(`answered ${status}`));
      },
    );
  }
});

test("over HTTP a server that is away, slow or another one is unreachable", async () => {
  await assert.rejects(new HttpMemory({ origin: "http://127.0.0.1:1" }).search({}, 5_000), Unreachable);
  await serving(
    () => {},
    (origin) => assert.rejects(new HttpMemory({ origin }).search({}, 200), Unreachable),
  );
  await serving(
    (_, __, response) => response.end("<html>"),
    (origin) => assert.rejects(new HttpMemory({ origin }).search({}, 5_000), Unreachable),
  );
});

test("without a server it is said how to name one", async () => {
  await assert.rejects(connect({ kind: "none" }, quiet).search({}, 1), /mcp\.servers\.memory/);
});

function today() {
  return new Date().toISOString().slice(0, 10);
}

async function serving(handle, work) {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data) => (body += data));
    request.on("end", () => handle(request, body, response));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
