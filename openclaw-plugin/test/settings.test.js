import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { settingsFrom } from "../lib/settings.js";

const LAUNCHER = fileURLToPath(new URL("../../agentic-memory", import.meta.url));
const ENV = { HOME: "/home/boss", PATH: "/bin", LANG: "de_DE", SECRET: "x" };

test("the plugin reaches the memory as the agents do", () => {
  const entry = { command: "/opt/agentic-memory", args: ["stdio"], env: { MEMORY_HOME: "/data" } };
  assert.deepEqual(settingsFrom({}, { mcp: { servers: { memory: entry } } }, LAUNCHER, ENV).connection, {
    kind: "stdio",
    command: "/opt/agentic-memory",
    args: ["stdio"],
    env: { HOME: "/home/boss", PATH: "/bin", LC_ALL: "C.UTF-8", MEMORY_HOME: "/data" },
    userId: undefined,
  });
  const remote = { url: "http://127.0.0.1:8230/mcp", headers: { Authorization: "Bearer t" } };
  assert.deepEqual(settingsFrom({ server: "m2", userId: "u" }, { mcp: { servers: { m2: remote } } }, LAUNCHER, ENV).connection, {
    kind: "http",
    origin: "http://127.0.0.1:8230",
    authorization: "Bearer t",
    userId: "u",
  });
});

test("an address of its own wins, and without any entry the launcher beside the plugin is used", () => {
  const own = settingsFrom({ url: "http://h:1/sse", token: "t" }, { mcp: { servers: { memory: { command: "x" } } } }, LAUNCHER, ENV);
  assert.equal(own.connection.origin, "http://h:1");
  assert.equal(own.connection.authorization, "Bearer t");
  assert.match(settingsFrom(undefined, undefined, LAUNCHER, ENV).connection.command, /agentic-memory$/);
  assert.equal(settingsFrom({}, {}, "/no/such/file", ENV).connection.kind, "none");
});

test("the defaults are those that the manifest declares", () => {
  const manifest = JSON.parse(readFileSync(new URL("../openclaw.plugin.json", import.meta.url)));
  const settings = settingsFrom({}, {}, LAUNCHER, ENV);
  for (const [name, { default: value }] of Object.entries(manifest.configSchema.properties)) {
    assert.equal(settings[name], value, name);
  }
});
