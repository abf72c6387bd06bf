// A scripted language model: OpenAI chat completions, streamed, as OpenClaw asks for them.
import { createServer } from "node:http";

/** The model of one suite. What the agent is to do is set by `when`; all that it was sent is in `requests`. */
export class ScriptedModel {
  requests = [];
  #steps = new Map();
  #server = createServer((request, response) => this.#serve(request, response));

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /**
   * To a message that contains `text`, the model answers with these steps: {tool, args} calls, then a text, or a
   * function that makes the text from the message.
   */
  when(text, ...steps) {
    this.#steps.set(text, steps);
  }

  /** The bodies of the requests whose last user message contains `text`. */
  asked(text) {
    return this.requests.filter((body) => textOf(body.messages[lastUser(body.messages)]?.content).includes(text));
  }

  #serve(request, response) {
    let body = "";
    request.on("data", (data) => (body += data));
    request.on("end", () => {
      if (!request.url.endsWith("/chat/completions")) {
        return send(response, { object: "list", data: [{ id: "scripted", object: "model" }] });
      }
      const asked = JSON.parse(body);
      this.requests.push(asked);
      answer(response, asked, this.#step(asked));
    });
  }

  #step(asked) {
    const last = lastUser(asked.messages);
    const said = textOf(asked.messages[last]?.content);
    const done = asked.messages.slice(last + 1).filter((message) => message.role === "tool").length;
    for (const [text, steps] of this.#steps) {
      if (said.includes(text) && asked.tools?.length) {
        const step = steps[Math.min(done, steps.length - 1)];
        return typeof step === "function" ? step(said) : step;
      }
    }
    return "Understood.";
  }
}

export function textOf(content) {
  return typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("\n");
}

/** The results of the tools that were called for the last user message of a request. */
export function toolResults({ messages }) {
  return messages.slice(lastUser(messages) + 1).filter((message) => message.role === "tool").map((message) => textOf(message.content));
}

function lastUser(messages) {
  return messages.findLastIndex(
    (message) => message.role === "user" && !/^\s*<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT/.test(textOf(message.content)),
  );
}

/** A tool that OpenClaw has deferred is called through `tool_call`. */
function callOf(asked, step) {
  const names = asked.tools.map((tool) => tool.function.name);
  return names.includes(step.tool) || !names.includes("tool_call")
    ? { name: step.tool, arguments: JSON.stringify(step.args) }
    : { name: "tool_call", arguments: JSON.stringify({ id: step.tool, args: step.args }) };
}

function answer(response, asked, step) {
  const id = `scripted-${Math.random().toString(36).slice(2)}`;
  const calls = typeof step === "string" ? undefined : [{ index: 0, id: `call_${id}`, type: "function", function: callOf(asked, step) }];
  const content = typeof step === "string" ? step : "";
  const reason = calls ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  if (!asked.stream) {
    const message = { role: "assistant", content, ...(calls ? { tool_calls: calls } : {}) };
    return send(response, { id, object: "chat.completion", created: 0, model: asked.model, choices: [{ index: 0, finish_reason: reason, message }], usage });
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (choices, more) =>
    response.write(`data: ${JSON.stringify({ id, object: "chat.completion.chunk", created: 0, model: asked.model, choices, ...more })}\n\n`);
  chunk([{ index: 0, delta: { role: "assistant", content }, finish_reason: null }]);
  if (calls) {
    chunk([{ index: 0, delta: { tool_calls: calls }, finish_reason: null }]);
  }
  chunk([{ index: 0, delta: {}, finish_reason: reason }]);
  chunk([], { usage });
  response.end("data: [DONE]\n\n");
}

function send(response, body) {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
