import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { appendEntry, diaryFile, entryOf } from "../lib/diary.js";
import { Outbox } from "../lib/outbox.js";
import { Unreachable } from "../lib/unreachable.js";

let root;
let said;
let trouble;
const log = { warn: (text) => said.push(text), error: (text) => said.push(text) };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "outbox-"));
  said = [];
  trouble = null;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A server that takes what it gets unless there is trouble. */
class Server {
  received = [];

  async add(args) {
    if (trouble) {
      throw trouble;
    }
    this.received.push(args);
  }
}

const folder = () => join(root, "state");
const outbox = (server) => new Outbox(folder(), server ?? new Server(), log, "here");
const exchange = (runId, text, more) => ({
  runId,
  agentId: "dev",
  sessionKey: "agent:dev:main",
  workspaceDir: join(root, "workspace"),
  at: "2026-03-22T14:25:00.000Z",
  turns: [
    { role: "user", text },
    { role: "assistant", text: "Noted." },
  ],
  ...more,
});
const diary = () => readFileSync(diaryFile(exchange("", "")), "utf8");
const entries = () => diary().split("\n### [").length - 1;
const waiting = (kind) => readdirSync(join(folder(), kind)).filter((name) => name.endsWith(".json"));
const DIARY = { capture: "diary" };

test("an exchange is in the diary once, however often its run is reported, also after a restart", async () => {
  const first = outbox();
  await Promise.all([first.take(exchange("r1", "a"), DIARY), first.take(exchange("r1", "a"), DIARY)]);
  await first.take(exchange("r1", "a"), DIARY);
  await outbox().take(exchange("r1", "a"), DIARY);
  await outbox().take(exchange("r1", "a", { at: "2026-03-23T00:01:00.000Z" }), DIARY);
  assert.equal(entries(), 1);
  assert.deepEqual(waiting("diary"), []);
});

test("the same said twice, in two runs, is there twice", async () => {
  await outbox().take(exchange("r1", "yes"), DIARY);
  await outbox().take(exchange("r2", "yes"), DIARY);
  assert.equal(entries(), 2);
});

test("what was taken before a crash is written by the next process, once", async () => {
  const item = exchange("r1", "a");
  const path = () => join(folder(), "diary", waiting("diary")[0]);
  mkdirSync(join(root, "workspace"), { recursive: true });
  writeFileSync(join(root, "workspace", "memory"), "a file in the folder's place");
  await outbox().take(item, DIARY);
  assert.equal(waiting("diary").length, 1);
  rmSync(join(root, "workspace", "memory"));

  // The crash came after the entry was written, before that was noted.
  const kept = JSON.parse(readFileSync(path(), "utf8"));
  writeFileSync(path(), JSON.stringify({ ...kept, before: 0 }));
  appendEntry(diaryFile(item), entryOf(item), item);
  await outbox().flush();
  assert.equal(entries(), 1);
  assert.deepEqual(waiting("diary"), []);

  // The crash came before the entry was written.
  writeFileSync(join(folder(), "diary", "x.json"), JSON.stringify({ ...kept, exchange: exchange("r2", "a"), before: 1 }));
  await outbox().flush();
  assert.equal(entries(), 2);
});

test("a diary that cannot be written does not hold up the others", async () => {
  writeFileSync(join(root, "blocked"), "");
  await outbox().take(exchange("r1", "a", { workspaceDir: join(root, "blocked") }), DIARY);
  await outbox().take(exchange("r2", "b"), DIARY);
  assert.equal(entries(), 1);
  assert.equal(waiting("diary").length, 1);
  assert.match(said[0], /kept for later/);
});

test("what the server could not take is handed over later, once, in the order in which it was said", async () => {
  const server = new Server();
  trouble = new Unreachable("away");
  await outbox(server).take(exchange("r2", "second", { at: "2026-03-22T14:26:00.000Z" }), { capture: "both" });
  await outbox(server).take(exchange("r1", "first"), { capture: "both" });
  assert.equal(waiting("server").length, 2);
  trouble = null;
  const later = outbox(server);
  await Promise.all([later.flush(), later.flush()]);
  await outbox(server).flush();
  assert.deepEqual(
    server.received.map((args) => args.messages[0].content),
    ["first", "second"],
  );
  assert.deepEqual(server.received[0], {
    messages: [
      { role: "user", content: "first" },
      { role: "assistant", content: "Noted." },
    ],
    agent_id: "dev",
    run_id: "2026-03-22",
    observed_at: "2026-03-22T14:25:00.000Z",
    infer: false,
    idempotency_key: "openclaw:r1",
  });
  assert.equal(entries(), 2);
});

test("what the server refuses is kept aside, and what comes after it is delivered", async () => {
  const server = new Server();
  trouble = new Error("user_id is not allowed");
  await outbox(server).take(exchange("r1", "a"), { capture: "memory" });
  trouble = null;
  await outbox(server).take(exchange("r2", "b"), { capture: "memory" });
  assert.equal(waiting("refused").length, 1);
  assert.equal(server.received.length, 1);
  assert.equal(existsSync(join(root, "workspace")), false);
});

test("a text longer than the server takes goes over in parts, whole", async () => {
  const server = new Server();
  const long = "🖤".repeat(100_001);
  await outbox(server).take(exchange("r1", `x${long}`), { capture: "memory" });
  const parts = server.received[0].messages.filter((message) => message.role === "user");
  assert.equal(parts.map((part) => part.content).join(""), `x${long}`);
  assert.ok(parts.every((part) => part.content.length <= 90_000 && part.content.isWellFormed()));
});

test("a lock left by a process that was killed is broken", async () => {
  mkdirSync(folder(), { recursive: true });
  const dead = spawn("true");
  await new Promise((resolve) => dead.once("exit", resolve));
  writeFileSync(join(folder(), "lock"), `${dead.pid} here`);
  await outbox().take(exchange("r1", "a"), DIARY);
  assert.equal(entries(), 1);
});

test("eight processes that write one diary at once, three of them killed, lose and repeat nothing", async () => {
  const script = `
    import { Outbox } from ${JSON.stringify(new URL("../lib/outbox.js", import.meta.url).href)};
    const [folder, workspaceDir, name] = process.argv.slice(1);
    const outbox = new Outbox(folder, {}, console, "here");
    for (let i = 0; i < 25; i++) {
      const exchange = { runId: name + i, agentId: "dev", sessionKey: "a:b", workspaceDir, at: "2026-03-22T14:25:00.000Z",
        turns: [{ role: "user", text: "<" + name + "-" + i + ">\\n### [00:00] " + "x".repeat(2000) }] };
      await outbox.take(exchange, { capture: "diary" });
      console.log(i);
    }`;
  const run = (name, killAfter) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder(), join(root, "workspace"), name]);
      let taken = 0;
      child.stdout.on("data", (data) => {
        taken += String(data).trim().split("\n").length;
        if (taken >= killAfter) {
          child.kill("SIGKILL");
        }
      });
      child.once("exit", () => resolve([name, taken]));
    });
  const results = await Promise.all([..."abcdefgh"].map((name, i) => run(name, i < 3 ? 5 + i : Infinity)));
  await outbox().flush();
  const written = [...diary().matchAll(/- Boss: <(\w-\d+)>/g)].map((match) => match[1]);
  assert.equal(new Set(written).size, written.length);
  for (const [name, taken] of results) {
    for (let i = 0; i < taken; i++) {
      assert.ok(written.includes(`${name}-${i}`), `${name}-${i} was taken and is not in the diary`);
    }
  }
  assert.equal(entries(), written.length);
});
