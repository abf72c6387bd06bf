import assert from "node:assert/strict";
import { test } from "node:test";

import { agentArguments } from "../lib/agent-arguments.js";

const call = (toolName, params) => agentArguments({ toolName, params }, { agentId: "dev" }, "memory");

test("a call of our tools gets the agent's id, directly and through the catalogue of deferred tools", () => {
  assert.deepEqual(call("memory__add_memory", { text: "a" }), { params: { text: "a", agent_id: "dev" } });
  assert.deepEqual(call("tool_call", { id: "mcp:memory:memory__search_memory", args: { query: "a" } }), {
    params: { id: "mcp:memory:memory__search_memory", args: { query: "a", agent_id: "dev" } },
  });
  assert.deepEqual(call("memory__list_memories", undefined), { params: { agent_id: "dev" } });
});

test("an id that the agent set stays", () => {
  assert.equal(call("memory__add_memory", { text: "a", agent_id: "ops" }), undefined);
  assert.equal(call("tool_call", { id: "memory__add_memory", args: { agent_id: "ops" } }), undefined);
});

test("other tools, and tools that take no agent, are left alone", () => {
  assert.equal(call("exec", { command: "ls" }), undefined);
  assert.equal(call("notes__add_memory", {}), undefined);
  assert.equal(call("memory__get_memory", { memory_id: "x" }), undefined);
  assert.equal(call("memory__delete_by_user_id", { user_id: "x" }), undefined);
  assert.equal(call("tool_call", undefined), undefined);
  assert.equal(agentArguments({ toolName: "memory__add_memory" }, {}, "memory"), undefined);
});
