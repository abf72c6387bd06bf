import assert from "node:assert/strict";
import { test } from "node:test";

import { capturable, lastExchange } from "../lib/exchange.js";

const END = new Date("2026-03-22T14:25:03Z");
const CONTEXT = { agentId: "dev", sessionKey: "agent:dev:main", sessionId: "s1", workspaceDir: "/w", trigger: "user" };

const user = (text, timestamp) => ({ role: "user", content: [{ type: "text", text }], timestamp });
const assistant = (...parts) => ({ role: "assistant", content: parts });
const text = (text) => ({ type: "text", text });
const turnsOf = (messages, event) => lastExchange({ messages, runId: "r1", ...event }, CONTEXT, END)?.turns;

test("the exchange is what was said since the user's last message, without tools, thoughts and notes", () => {
  const exchange = lastExchange(
    {
      runId: "r1",
      messages: [
        user("an earlier question"),
        assistant(text("an earlier answer")),
        user("Which database?"),
        assistant({ type: "thinking", thinking: "hm" }, text("Let me look."), { type: "toolCall", name: "tool_call" }),
        { role: "toolResult", content: [text("a result")] },
        assistant(text("Postgres.")),
        { role: "custom", content: "{}" },
      ],
    },
    CONTEXT,
    END,
  );
  assert.deepEqual(exchange, {
    runId: "r1",
    agentId: "dev",
    sessionKey: "agent:dev:main",
    workspaceDir: "/w",
    at: "2026-03-22T14:25:03.000Z",
    turns: [
      { role: "user", text: "Which database?" },
      { role: "assistant", text: "Let me look.\n\nPostgres." },
    ],
  });
});

test("what the user added while the agent was at work belongs to the exchange", () => {
  const started = END.getTime() - 5_000;
  const messages = [
    user("yesterday's", started - 100_000),
    assistant(text("old")),
    user("Book a table", started + 10),
    assistant(text("For how many?")),
    user("for four", started + 3_000),
    assistant(text("Booked.")),
  ];
  assert.deepEqual(
    turnsOf(messages, { durationMs: 5_000 }).map((turn) => turn.text),
    ["Book a table", "For how many?", "for four", "Booked."],
  );
});

test("nothing is cut, and the word heartbeat drops nothing", () => {
  const long = `my heartbeat was 180 ${"好🖤 ".repeat(50_000)}end`;
  assert.equal(turnsOf([user(long), assistant(text(long))])[1].text, long);
});

test("recalled memories are taken out of what was said", () => {
  const block = "<recalled-memories>\n- likes tea\n</recalled-memories>\n\n";
  assert.deepEqual(turnsOf([user(`${block}And coffee?`)]), [{ role: "user", text: "And coffee?" }]);
});

test("a turn in which the user said nothing is no exchange", () => {
  assert.equal(turnsOf([]), undefined);
  assert.equal(turnsOf([assistant(text("hello"))]), undefined);
  assert.equal(turnsOf([user("  "), assistant(text("hello"))]), undefined);
  assert.equal(turnsOf([user("A new session was started via /new or /reset. Execute your Session Startup")]), undefined);
});

test("an answer that only tells OpenClaw to stay silent is left out", () => {
  assert.deepEqual(turnsOf([user("hi"), assistant(text("NO_REPLY"))]), [{ role: "user", text: "hi" }]);
});

test("content may be a plain string, and an unknown message is passed over", () => {
  assert.deepEqual(turnsOf([null, {}, { role: "user", content: "hi" }, { role: "assistant" }]), [
    { role: "user", text: "hi" },
  ]);
});

test("only what a person says is captured", () => {
  assert.equal(capturable(CONTEXT), true);
  assert.equal(capturable({}), true);
  for (const other of [
    { trigger: "heartbeat" },
    { trigger: "cron" },
    { sessionKey: "agent:dev:cron:nightly" },
    { sessionKey: "agent:dev:subagent:1" },
    { inputProvenance: { kind: "inter_session" } },
  ]) {
    assert.equal(capturable({ ...CONTEXT, ...other }), false, JSON.stringify(other));
  }
});
