// A home with an OpenClaw of its own: configuration, gateway, turns, diaries. Nothing outside of it is touched.
import { execFile, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const START_MS_MAX = 90_000;
const TOKEN = "end-to-end";

export class World {
  home = mkdtempSync(join(tmpdir(), "agentic-memory-openclaw-"));
  memoryHome = join(this.home, "memory");
  #openclaw;
  #gateway;
  #port;
  #server;
  #serverPort;

  /** @param openclaw path of the `openclaw` command */
  constructor(openclaw) {
    this.#openclaw = openclaw;
    mkdirSync(join(this.home, ".openclaw"), { recursive: true });
  }

  get env() {
    return {
      PATH: process.env.PATH,
      HOME: this.home,
      USER: "boss",
      LOGNAME: "boss",
      TERM: "dumb",
      NO_COLOR: "1",
      MEMORY_SERVER_IDLE_SECONDS: "30",
      ...(process.env.JAVA_HOME ? { JAVA_HOME: process.env.JAVA_HOME } : {}),
    };
  }

  /** Writes openclaw.json as a person has it who does not know us: two agents, whose model is at `modelUrl`. */
  async configure(modelUrl) {
    this.#port ??= await freePort();
    const config = {
      agents: {
        defaults: {
          skipBootstrap: true,
          model: { primary: "scripted/scripted" },
          models: { "scripted/scripted": { alias: "Scripted" } },
        },
        ownership: "explicit",
        entries: { main: { workspace: this.workspace("main") }, dev: { workspace: this.workspace("dev") } },
      },
      models: { mode: "merge", providers: { scripted: provider(modelUrl) } },
      tools: { profile: "coding" },
      gateway: {
        mode: "local",
        bind: "loopback",
        port: this.#port,
        auth: { mode: "token", token: TOKEN },
        http: { endpoints: { chatCompletions: { enabled: true } } },
      },
      plugins: { entries: { "memory-core": { config: { dreaming: { enabled: false } } } } },
      logging: { file: join(this.home, "openclaw.log") },
      update: { checkOnStart: false },
    };
    writeFileSync(join(this.home, ".openclaw", "openclaw.json"), JSON.stringify(config, null, 2));
  }

  /** Changes openclaw.json, as `edit` changes what is in it. */
  reconfigure(edit) {
    const file = join(this.home, ".openclaw", "openclaw.json");
    const config = JSON.parse(readFileSync(file, "utf8"));
    edit(config);
    writeFileSync(file, JSON.stringify(config, null, 2));
  }

  async startGateway() {
    const log = openSync(join(this.home, "gateway.log"), "a");
    const before = this.gatewayLog().length;
    this.#gateway = spawn(this.#openclaw, ["gateway", "run", "--port", String(this.#port)], {
      env: this.env,
      cwd: this.home,
      stdio: ["ignore", log, log],
    });
    const until = Date.now() + START_MS_MAX;
    while (!this.gatewayLog().slice(before).includes("[gateway] ready")) {
      if (Date.now() > until || this.#gateway.exitCode !== null) {
        throw new Error(`The gateway does not start:\n${this.gatewayLog().slice(-3000)}`);
      }
      await pause(200);
    }
  }

  async stopGateway(signal = "SIGTERM") {
    await stop(this.#gateway, signal);
  }

  /** Starts `agentic-memory serve`, on the same port each time, and waits until it answers. */
  async startServer(launcher) {
    this.#serverPort ??= await freePort();
    const log = openSync(join(this.home, "server.log"), "a");
    this.#server = spawn(launcher, ["serve"], {
      env: { ...this.env, MEMORY_HOME: this.memoryHome, MEMORY_JOBS: "off", SERVICE_PORT: String(this.#serverPort) },
      cwd: this.home,
      stdio: ["ignore", log, log],
    });
    const until = Date.now() + START_MS_MAX;
    while (!(await fetch(`${this.serverUrl}/health`).then((response) => response.ok, () => false))) {
      if (Date.now() > until || this.#server.exitCode !== null) {
        throw new Error(`The server does not start:\n${readFileSync(join(this.home, "server.log"), "utf8").slice(-3000)}`);
      }
      await pause(100);
    }
  }

  get serverUrl() {
    return `http://127.0.0.1:${this.#serverPort}`;
  }

  async stopServer(signal = "SIGTERM") {
    await stop(this.#server, signal);
  }

  /** Kills the processes that the gateway has started with `word` in their command, as a crash would; how many. */
  async killChildren(word) {
    const listed = await run("ps", ["-o", "pid=,args=", "--ppid", String(this.#gateway.pid)], {}).catch(() => "");
    const pids = listed.split("\n").filter((line) => line.includes(word)).map((line) => Number.parseInt(line, 10));
    pids.forEach((pid) => process.kill(pid, "SIGKILL"));
    return pids.length;
  }

  gatewayLog() {
    const file = join(this.home, "gateway.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** One turn of an agent; the answer's text. Throws where the turn failed. */
  async turn(agent, session, text) {
    const response = await fetch(`http://127.0.0.1:${this.#port}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "x-openclaw-session-key": `agent:${agent}:${session}`,
      },
      body: JSON.stringify({ model: `openclaw/${agent}`, messages: [{ role: "user", content: text }] }),
      signal: AbortSignal.timeout(120_000),
    });
    const body = await response.json();
    if (!response.ok) {
      throw new Error(`A turn of ${agent} failed: ${JSON.stringify(body)}`);
    }
    return body.choices[0].message.content;
  }

  /** Runs `openclaw` with these arguments; its output. */
  async openclaw(...args) {
    return run(this.#openclaw, args, { env: this.env, cwd: this.home });
  }

  /** The diaries of an agent, one after the other. */
  diary(agent) {
    const folder = join(this.workspace(agent), "memory");
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".md")).sort() : [];
    return files.map((name) => readFileSync(join(folder, name), "utf8")).join("");
  }

  /** Adds to an agent's diary of a day, as a person does. */
  writeDiary(agent, day, text) {
    appendFileSync(join(this.workspace(agent), "memory", `${day}.md`), text);
  }

  workspace(agent) {
    return join(this.home, ".openclaw", `workspace-${agent}`);
  }

  async close() {
    await this.stopGateway();
    await this.stopServer();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function provider(baseUrl) {
  const model = {
    id: "scripted",
    name: "Scripted",
    reasoning: false,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 128_000,
    maxTokens: 8_192,
  };
  return { baseUrl, apiKey: "none", api: "openai-completions", timeoutSeconds: 120, models: [model] };
}

async function stop(process, signal) {
  if (!process || process.exitCode !== null || process.signalCode !== null) {
    return;
  }
  const gone = new Promise((resolve) => process.once("exit", resolve));
  process.kill(signal);
  await gone;
}

/** The output of a command. Throws with what it said where it fails. */
export function run(file, args, options) {
  return new Promise((resolve, reject) =>
    execFile(file, args, { maxBuffer: 1 << 26, ...options }, (e, out, err) =>
      e ? reject(new Error(`${file} ${args.join(" ")}: ${e.message}\n${out}${err}`)) : resolve(out),
    ),
  );
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
