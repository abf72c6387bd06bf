import { Unreachable } from "./unreachable.js";

/** Answers of a server that may be right the next time. */
const TRY_AGAIN = new Set([401, 403, 408, 409, 425, 429]);

/** A server that runs, by its REST contract. */
export class HttpMemory {
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  async search(args, timeoutMs) {
    const answer = await this.#post("/memory/search_combined", args, timeoutMs);
    return answer.results ?? [];
  }

  async add(args, timeoutMs) {
    await this.#post("/memory/add", args, timeoutMs);
  }

  warmUp() {}

  close() {}

  async #post(path, args, timeoutMs) {
    const { origin, authorization, userId } = this.#connection;
    const headers = { "content-type": "application/json", ...(authorization ? { authorization } : {}) };
    const body = JSON.stringify({ user_id: userId, ...args });
    let response;
    let text;
    try {
      response = await fetch(origin + path, { method: "POST", headers, body, signal: AbortSignal.timeout(timeoutMs) });
      text = await response.text();
    } catch (e) {
      throw new Unreachable(`${origin} does not answer: ${e.cause?.code ?? e.message}`);
    }
    if (response.ok) {
      return parsed(text, origin);
    }
    const problem = `${origin}${path} answered ${response.status}: ${text.slice(0, 300)}`;
    throw response.status >= 500 || TRY_AGAIN.has(response.status) ? new Unreachable(problem) : new Error(problem);
  }
}

function parsed(text, origin) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreachable(`${origin} answers, but not with JSON: is it the memory server?`);
  }
}
