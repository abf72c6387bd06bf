import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { appendEntry, countOf, diaryFile, entryOf } from "./diary.js";
import { locked } from "./lock.js";
import { Unreachable } from "./unreachable.js";

/** How soon what could not be delivered is tried again. */
const RETRY_MS = 30_000;

/** A server that is busy with a language model answers late; the turn does not wait for it. */
const ADD_TIMEOUT_MS = 20_000;

/** How long the names of finished runs are kept: no run lasts longer. */
const JOURNAL_DAYS = 7;

/** Longest message the server takes, in UTF-16 units, with room to spare. */
const MESSAGE_CHARS_MAX = 90_000;

const DAY_MS = 86_400_000;

/**
 * Takes exchanges, and brings each into the diary and to the server once, over crashes and restarts:
 *
 *     diary/<run>.json     taken, to be written into the diary
 *     server/<run>.json    to be handed over to the server
 *     refused/<run>.json   the server will never take it; kept for a person to look at
 *     runs-<day>           the runs that were taken on that day
 */
export class Outbox {
  #folder;
  #memory;
  #log;
  #host;
  #timer;
  #sending;

  constructor(folder, memory, log, host) {
    this.#folder = folder;
    this.#memory = memory;
    this.#log = log;
    this.#host = host;
  }

  /** Keeps the exchange, and delivers it as far as that can be done now. */
  async take(exchange, { capture }) {
    const item = { exchange, diary: capture !== "memory", server: capture !== "diary" };
    for (const name of ["diary", "server", "refused"]) {
      mkdirSync(join(this.#folder, name), { recursive: true, mode: 0o700 });
    }
    if (create(this.#path("diary", exchange.runId), item)) {
      await this.flush();
    }
  }

  /** Delivers all that waits, of this and of earlier processes. Tries again later what cannot be delivered now. */
  async flush() {
    for (const name of this.#waiting("diary")) {
      await this.#orLater(() =>
        locked(join(this.#folder, "lock"), this.#host, () => this.#writeOne(join(this.#folder, "diary", name))),
      );
    }
    await this.#orLater(() => this.#send());
  }

  async #orLater(work) {
    try {
      await work();
    } catch (e) {
      this.#log.warn(`agentic-memory: kept for later: ${e.message}`);
      this.#tryLater();
    }
  }

  /** Under the lock. */
  #writeOne(path) {
    const item = read(path);
    if (!item) {
      return; // Another process was faster.
    }
    const { runId, at } = item.exchange;
    if (this.#isTaken(runId)) {
      unlinkSync(path);
      return;
    }
    if (item.diary) {
      this.#intoDiary(path, item);
    }
    if (item.server) {
      renameSync(path, this.#path("server", runId));
    }
    this.#journal(runId, at);
    if (!item.server) {
      unlinkSync(path);
    }
  }

  /** First says how often the diary had the entry before, so that a crash in between does not repeat it. */
  #intoDiary(path, item) {
    const file = diaryFile(item.exchange);
    const entry = entryOf(item.exchange);
    const now = countOf(file, entry);
    if (item.before === undefined) {
      replace(path, { ...item, before: now });
    } else if (now > item.before) {
      return;
    }
    appendEntry(file, entry, item.exchange);
  }

  /** One at a time: what a person says later is handed over later. */
  async #send() {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    await this.#sending;
  }

  async #sendAll() {
    const items = this.#waiting("server").map((name) => ({ name, item: read(join(this.#folder, "server", name)) }));
    items.sort((a, b) => String(a.item?.exchange.at).localeCompare(String(b.item?.exchange.at)));
    for (const { name, item } of items) {
      if (item) {
        await this.#sendOne(join(this.#folder, "server", name), item.exchange);
      }
    }
  }

  async #sendOne(path, exchange) {
    try {
      await this.#memory.add(shortTerm(exchange), ADD_TIMEOUT_MS);
      remove(path);
    } catch (e) {
      if (e instanceof Unreachable) {
        throw e;
      }
      this.#log.error(`agentic-memory: the server refuses run ${exchange.runId}: ${e.message}`);
      renameSync(path, this.#path("refused", exchange.runId));
    }
  }

  #tryLater() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, RETRY_MS).unref();
  }

  #waiting(kind) {
    const folder = join(this.#folder, kind);
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  }

  #isTaken(runId) {
    return existsSync(this.#path("server", runId)) || this.#journals().some((file) => lines(file).includes(runId));
  }

  #journal(runId, at) {
    const oldest = `runs-${new Date(Date.parse(at) - JOURNAL_DAYS * DAY_MS).toISOString().slice(0, 10)}`;
    for (const file of this.#journals().filter((name) => name.slice(this.#folder.length + 1) < oldest)) {
      unlinkSync(file);
    }
    appendFileSync(join(this.#folder, `runs-${at.slice(0, 10)}`), `${JSON.stringify(runId)}\n`);
  }

  #journals() {
    return readdirSync(this.#folder)
      .filter((name) => name.startsWith("runs-"))
      .map((name) => join(this.#folder, name));
  }

  #path(kind, runId) {
    return join(this.#folder, kind, `${createHash("sha256").update(runId).digest("hex").slice(0, 32)}.json`);
  }
}

/** The exchange as a short-term memory of its day. The key makes any number of attempts one. */
function shortTerm(exchange) {
  return {
    messages: exchange.turns.flatMap(messagesOf),
    agent_id: exchange.agentId,
    run_id: exchange.at.slice(0, 10),
    observed_at: exchange.at,
    infer: false,
    idempotency_key: `openclaw:${exchange.runId}`.slice(0, 256),
  };
}

function messagesOf({ role, text }) {
  const parts = [];
  for (let rest = text; rest; rest = rest.slice(parts.at(-1).content.length)) {
    const whole = rest.slice(0, MESSAGE_CHARS_MAX);
    const half = /[\ud800-\udbff]$/.test(whole) && rest.length > whole.length;
    parts.push({ role, content: half ? whole.slice(0, -1) : whole });
  }
  return parts;
}

function lines(file) {
  return readFileSync(file, "utf8").split("\n").filter(Boolean).map(jsonOrNull);
}

/** Null for what is gone, or was half written by a machine that lost its power. */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function jsonOrNull(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Whether the file was made: whole and on the disk, or not at all. */
function create(path, value) {
  const draft = write(path, value);
  try {
    linkSync(draft, path);
    return true;
  } catch (e) {
    if (e.code === "EEXIST") {
      return false;
    }
    throw e;
  } finally {
    unlinkSync(draft);
  }
}

function replace(path, value) {
  renameSync(write(path, value), path);
}

function write(path, value) {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const fd = openSync(draft, "wx", 0o600);
  try {
    writeSync(fd, JSON.stringify(value));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return draft;
}

function remove(path) {
  if (existsSync(path)) {
    unlinkSync(path);
  }
}
