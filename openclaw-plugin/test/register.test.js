import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import plugin from "../index.js";

let state;
beforeEach(() => (state = mkdtempSync(join(tmpdir(), "state-"))));
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** What a host sees of a plugin. */
function registered(pluginConfig) {
  const hooks = {};
  const warnings = [];
  plugin.register({
    pluginConfig,
    config: {},
    resolvePath: (path) => join(state, path),
    logger: { warn: (text) => warnings.push(text), error: (text) => warnings.push(text) },
    runtime: { state: { resolveStateDir: () => state } },
    on: (hook, handler) => (hooks[hook] ??= []).push(handler),
  });
  const fire = async (hook, event, ctx) => {
    const results = [];
    for (const handler of hooks[hook] ?? []) {
      results.push(await handler(event, ctx));
    }
    return results.at(-1);
  };
  return { hooks, warnings, fire };
}

const away = { url: "http://127.0.0.1:1" };
const context = () => ({ agentId: "dev", sessionKey: "agent:dev:main", workspaceDir: join(state, "w"), trigger: "user" });
const event = { runId: "r1", messages: [{ role: "user", content: "hi" }] };

test("with the server away the turn goes on and the diary is written", async () => {
  const host = registered(away);
  assert.equal(await host.fire("before_prompt_build", { prompt: "hi" }, context()), undefined);
  assert.match(host.warnings[0], /before_prompt_build.*does not answer/);
  await host.fire("agent_end", event, context());
  const today = new Date().toISOString().slice(0, 10);
  assert.match(readFileSync(join(state, "w", "memory", `${today}.md`), "utf8"), /- Boss: hi\n/);
  await host.fire("gateway_stop", {}, {});
});

test("registered several times, it captures once", async () => {
  const hosts = [registered(away), registered(away)];
  await Promise.all(hosts.map((host) => host.fire("agent_end", event, context())));
  const today = new Date().toISOString().slice(0, 10);
  assert.equal(readFileSync(join(state, "w", "memory", `${today}.md`), "utf8").split("- Boss:").length, 2);
});

test("capture and recall can be switched off", () => {
  const { hooks } = registered({ ...away, capture: "off", recall: false });
  assert.deepEqual(Object.keys(hooks).sort(), ["before_tool_call", "gateway_stop"]);
});

test("an event of a shape that is not known stops no turn and no tool", async () => {
  const host = registered(away);
  for (const hook of Object.keys(host.hooks)) {
    await host.fire(hook, undefined, undefined);
    await host.fire(hook, { messages: 7, params: 7, prompt: 7 }, { agentId: 7, sessionKey: 7 });
  }
});
