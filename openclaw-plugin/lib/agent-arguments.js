/** Our tools that take an `agent_id`. */
const SCOPED = new Set(["add_memory", "search_memory", "search_combined", "list_memories", "delete_by_run_id"]);

/**
 * A call of one of our tools gets the id of the agent that calls, where the agent did not set one: neither OpenClaw nor
 * MCP tells the server who asks. Returns nothing for any other call.
 */
export function agentArguments(event, ctx, server) {
  if (!ctx.agentId) {
    return undefined;
  }
  const params = event.params ?? {};
  if (isOurs(event.toolName, server)) {
    return params.agent_id ? undefined : { params: { ...params, agent_id: ctx.agentId } };
  }
  if (event.toolName === "tool_call" && isOurs(params.id, server) && !params.args?.agent_id) {
    return { params: { ...params, args: { ...params.args, agent_id: ctx.agentId } } };
  }
  return undefined;
}

/** `memory__add_memory`, and `mcp:memory:memory__add_memory`, as the catalogue of deferred tools names it. */
function isOurs(name, server) {
  const [owner, tool] = String(name ?? "").split(":").at(-1).split("__");
  return owner === server && SCOPED.has(tool);
}
