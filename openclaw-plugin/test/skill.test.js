import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const TOOLS = readdirSync(new URL("../../src/main/resources/mcp/tools", import.meta.url)).map((file) => file.replace(".json", ""));

test("the plugin ships the skill as it is", () => {
  assert.equal(read("openclaw-plugin/skills/agentic-memory/SKILL.md"), read("skill/SKILL.md"));
});

test("the skill names every tool, and no other", () => {
  const named = new Set([...read("skill/SKILL.md").matchAll(/memory__(\w+)/g)].map((match) => match[1]));
  assert.deepEqual([...named].sort(), TOOLS.sort());
});

test("the skill's description fits where OpenClaw shows it", () => {
  assert.ok(/^description: (.*)$/m.exec(read("skill/SKILL.md"))[1].length < 160);
});

test("the older format has its four functions, each with a handler", () => {
  const functions = JSON.parse(read("skill/manifest.json")).functions.map((f) => f.name);
  assert.deepEqual(functions, ["add", "search", "delete_by_run_id", "delete_by_user_id"]);
  const handler = read("skill/handler.py");
  functions.forEach((name) => assert.match(handler, new RegExp(`^def ${name}\\(`, "m")));
  assert.doesNotMatch(handler, /subprocess|os\.system|popen|shell/i);
});
