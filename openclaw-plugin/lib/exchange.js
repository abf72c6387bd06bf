/** Answers that only tell OpenClaw to stay silent. */
const SILENT = /^(?:NO_REPLY|HEARTBEAT_OK)$/;

/** What OpenClaw itself says in the user's name after /new. */
const NEW_SESSION = /^A new session was started via \/new or \/reset\b/;

/** Our own block of memories, as `recall.js` writes it. */
const RECALLED = /<recalled-memories>[\s\S]*?<\/recalled-memories>\s*/g;

/** Whether a person speaks in this turn: no timer, no heartbeat, no agent that another agent started. */
export function capturable(ctx) {
  const key = ctx.sessionKey ?? "";
  return (
    (ctx.trigger ?? "user") === "user" &&
    (ctx.inputProvenance?.kind ?? "external_user") === "external_user" &&
    !key.includes(":cron:") &&
    !key.includes(":subagent:")
  );
}

/**
 * What was said in the run that has ended, whole: the user's messages and the agent's answers, in order; null where the
 * user said nothing.
 *
 * @param event `messages` is the whole session
 * @param at when the run ended
 * @returns {{runId, agentId, sessionKey, workspaceDir, at, turns: {role: "user"|"assistant", text}[]} | null}
 */
export function lastExchange(event, ctx, at) {
  const messages = event.messages ?? [];
  const turns = joined(messages.slice(start(messages, at.getTime() - (event.durationMs ?? 0))).flatMap(turnOf));
  if (!turns.some((turn) => turn.role === "user")) {
    return null;
  }
  return {
    runId: event.runId ?? ctx.runId ?? `${ctx.sessionId ?? ctx.sessionKey}:${messages.length}`,
    agentId: ctx.agentId ?? "main",
    sessionKey: ctx.sessionKey ?? "",
    workspaceDir: ctx.workspaceDir,
    at: at.toISOString(),
    turns,
  };
}

/** Where the run begins: a person may have sent more than one message while it went on. */
function start(messages, startedAt) {
  const last = messages.findLastIndex((message) => message?.role === "user");
  const first = messages.findIndex((message) => message?.role === "user" && message.timestamp >= startedAt);
  return first >= 0 ? Math.min(first, last) : last < 0 ? messages.length : last;
}

function turnOf(message) {
  if (message?.role !== "user" && message?.role !== "assistant") {
    return [];
  }
  const text = textOf(message.content).replace(RECALLED, "").trim();
  const empty = text === "" || (message.role === "assistant" ? SILENT.test(text) : NEW_SESSION.test(text));
  return empty ? [] : [{ role: message.role, text }];
}

/** The text parts of a message's content: no thoughts, calls or images. */
export function textOf(content) {
  if (typeof content === "string") {
    return content;
  }
  return (Array.isArray(content) ? content : [])
    .filter((part) => part?.type === "text" && typeof part.text === "string")
    .map((part) => part.text)
    .join("\n");
}

/** Several messages of one speaker, one after the other, are one turn. */
function joined(turns) {
  const all = [];
  for (const turn of turns) {
    const last = all.at(-1);
    if (last?.role === turn.role) {
      last.text += `\n\n${turn.text}`;
    } else {
      all.push({ ...turn });
    }
  }
  return all;
}
