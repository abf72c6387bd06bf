import { hostname } from "node:os";
import { join } from "node:path";

import { agentArguments } from "./agent-arguments.js";
import { capturable, lastExchange } from "./exchange.js";
import { connect } from "./memory.js";
import { Outbox } from "./outbox.js";
import { recallBlock, recallQuery, unsaid } from "./recall.js";
import { settingsFrom, stateFolder } from "./settings.js";

/** From the plugin's folder, where it runs out of its repository. */
const LAUNCHER = "../agentic-memory";

/** OpenClaw gives `gateway_stop` five seconds. */
const STOP_MS_MAX = 4_000;

/**
 * Connections and outboxes by their settings. OpenClaw registers a plugin several times in one process, and any of the
 * registrations may get the turns: they must share one server process and one outbox.
 */
const shared = new Map();

function share(kind, key, make) {
  const name = `${kind} ${JSON.stringify(key)}`;
  if (!shared.has(name)) {
    shared.set(name, make());
  }
  return shared.get(name);
}

/** Registers the hooks. Each swallows and logs what goes wrong: a memory must never stop a turn. */
export function registerMemory(api) {
  const settings = settingsFrom(api.pluginConfig, api.config, api.resolvePath(LAUNCHER), process.env);
  const log = api.logger ?? console;
  const folder = join(stateFolder(api, process.env), "agentic-memory");
  const memory = share("memory", settings.connection, () => connect(settings.connection, log));
  const outbox = share("outbox", [folder, settings.connection], () => new Outbox(folder, memory, log, hostname()));

  const on = (hook, work) =>
    api.on(hook, async (event, ctx) => {
      try {
        return await work(event ?? {}, ctx ?? {});
      } catch (e) {
        log.warn(`agentic-memory: ${hook}: ${e.message}`);
      }
    });

  if (settings.capture !== "off") {
    on("agent_end", async (event, ctx) => {
      const exchange = capturable(ctx) ? lastExchange(event, ctx, new Date()) : null;
      if (exchange) {
        await outbox.take(exchange, settings);
      }
    });
    for (const hook of ["before_reset", "session_end", "gateway_start"]) {
      on(hook, () => outbox.flush());
    }
  }
  if (settings.recall) {
    on("gateway_start", () => memory.warmUp());
    on("before_prompt_build", (event, ctx) => recall(memory, settings, event, ctx));
  }
  on("before_tool_call", (event, ctx) => agentArguments(event, ctx, settings.server));
  on("gateway_stop", async () => {
    await Promise.race([outbox.flush(), pause(STOP_MS_MAX)]);
    memory.close();
  });
}

async function recall(memory, settings, event, ctx) {
  const query = capturable(ctx) ? recallQuery(event) : "";
  if (!query) {
    return undefined;
  }
  const found = await memory.search(
    {
      query,
      agent_id: ctx.agentId,
      recent_days: settings.recallDays,
      top_k: settings.recallTopK,
      min_score: settings.recallMinScore,
    },
    settings.recallTimeoutMs,
  );
  const block = recallBlock(unsaid(found, event.messages), settings.recallChars);
  return block ? { prependContext: block } : undefined;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
