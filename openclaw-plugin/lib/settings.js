import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";

const DEFAULTS = {
  server: "memory",
  capture: "diary",
  recall: true,
  recallTimeoutMs: 5_000,
  recallChars: 4_000,
  recallTopK: 8,
  recallDays: 7,
  recallMinScore: 0.2,
};

/** What OpenClaw passes on to the MCP servers it starts: ours must find the same data folder as theirs. */
const ENVIRONMENT = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];

/**
 * The plugin's settings, checked by OpenClaw against `configSchema`, with defaults, and how the memory is reached: by
 * the plugin's own `url`, else as the agents reach it (their entry in `mcp.servers`), else by the launcher beside the
 * plugin, as the plugin's manifest names it for the agents.
 */
export function settingsFrom(pluginConfig, openclawConfig, launcher, env) {
  const settings = { ...DEFAULTS, ...pluginConfig };
  const entry = openclawConfig?.mcp?.servers?.[settings.server];
  return { ...settings, connection: connectionOf(settings, entry, launcher, env) };
}

function connectionOf(settings, entry, launcher, env) {
  if (settings.url) {
    return http(settings.url, settings.token ? `Bearer ${settings.token}` : undefined, settings);
  }
  if (entry?.url) {
    return http(entry.url, entry.headers?.Authorization, settings);
  }
  if (entry?.command) {
    return stdio(entry.command, entry.args ?? [], entry.env ?? {}, settings, env);
  }
  return existsSync(launcher) ? stdio(launcher, ["stdio"], {}, settings, env) : { kind: "none" };
}

function http(url, authorization, settings) {
  return { kind: "http", origin: new URL(url).origin, authorization, userId: settings.userId ?? userInfo().username };
}

function stdio(command, args, own, settings, env) {
  const passed = Object.fromEntries(ENVIRONMENT.filter((name) => env[name]).map((name) => [name, env[name]]));
  return {
    kind: "stdio",
    command,
    args,
    env: { LC_ALL: "C.UTF-8", ...passed, ...own },
    userId: settings.userId,
  };
}

/** OpenClaw's own folder, where what could not be delivered yet is kept. */
export function stateFolder(api, env) {
  const asked = api.runtime?.state?.resolveStateDir?.(env);
  return asked ?? env.OPENCLAW_STATE_DIR ?? join(env.OPENCLAW_HOME ?? homedir(), ".openclaw");
}
