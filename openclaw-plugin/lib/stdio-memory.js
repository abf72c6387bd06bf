import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { Unreachable } from "./unreachable.js";

/** A server that ends without ever having answered is not tried again at each turn. */
const REST_AFTER_FAILURE_MS = 5_000;

const PROTOCOL = "2025-11-25";

/** One server process of our own, started when it is first needed and again when it has died. */
export class StdioMemory {
  #connection;
  #log;
  #session;
  #failedAt = -Infinity;

  constructor(connection, log) {
    this.#connection = connection;
    this.#log = log;
  }

  async search(args, timeoutMs) {
    const answer = await this.#call("search_combined", args, timeoutMs);
    return answer.results ?? [];
  }

  async add(args, timeoutMs) {
    await this.#call("add_memory", args, timeoutMs);
  }

  /** Starts the server process before it is needed: the first turn should not wait for it. */
  warmUp() {
    this.#open();
  }

  /** Ends the server process, by the end of its input. */
  close() {
    this.#session?.end();
    this.#session = undefined;
  }

  async #call(tool, args, timeoutMs) {
    const { userId } = this.#connection;
    const params = { name: tool, arguments: userId ? { user_id: userId, ...args } : args };
    const result = await this.#open().request("tools/call", params, timeoutMs);
    if (result.isError) {
      throw new Error(result.content?.[0]?.text ?? `${tool} failed`);
    }
    return result.structuredContent ?? {};
  }

  #open() {
    if (this.#session?.alive) {
      return this.#session;
    }
    if (performance.now() - this.#failedAt < REST_AFTER_FAILURE_MS) {
      throw new Unreachable(`${this.#connection.command} ended; it is tried again in a few seconds`);
    }
    this.#session = new Session(this.#connection, (why, hadAnswered) => {
      this.#failedAt = hadAnswered ? -Infinity : performance.now();
      this.#log.warn(`agentic-memory: ${this.#connection.command} ended: ${why}`);
    });
    return this.#session;
  }
}

/** A session of MCP with one process. Neither holds the process of OpenClaw: a pending request does. */
class Session {
  alive = true;
  #child;
  #waiting = new Map();
  #lastId = 0;
  #hasAnswered = false;

  constructor({ command, args, env }, onFailure) {
    this.#child = spawn(command, args, { env, stdio: ["pipe", "pipe", "ignore"] });
    this.#child.once("error", (e) => this.#over(e.message, onFailure));
    this.#child.once("exit", (code, signal) => this.#over(signal ?? `exit code ${code}`, onFailure));
    this.#child.stdin.on("error", () => {}); // Told by "exit" too.
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#receive(line));
    for (const part of [this.#child, this.#child.stdin, this.#child.stdout]) {
      part.unref();
    }
    const client = { protocolVersion: PROTOCOL, capabilities: {}, clientInfo: { name: "openclaw-plugin", version: "0.1.0" } };
    this.#send({ id: ++this.#lastId, method: "initialize", params: client });
    this.#send({ method: "notifications/initialized" });
  }

  request(method, params, timeoutMs) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        this.#send({ method: "notifications/cancelled", params: { requestId: id, reason: "timeout" } });
        reject(new Unreachable(`no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#send({ id, method, params });
    });
  }

  end() {
    this.alive = false;
    this.#child.stdin.end();
  }

  #send(message) {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  #receive(line) {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      return; // Not for us: whoever waits gives up in time.
    }
    this.#hasAnswered ||= message.result !== undefined;
    const waiting = this.#waiting.get(message.id);
    if (!waiting || !(message.error || message.result)) {
      return; // The answer to `initialize`, a notification, or nonsense.
    }
    this.#waiting.delete(message.id);
    clearTimeout(waiting.timer);
    if (message.error) {
      waiting.reject(new Error(message.error.message));
    } else {
      waiting.resolve(message.result);
    }
  }

  #over(why, onFailure) {
    const wanted = !this.alive;
    this.alive = false;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Unreachable(`the memory server ended: ${why}`));
    }
    this.#waiting.clear();
    if (!wanted) {
      onFailure(why, this.#hasAnswered);
    }
  }
}
