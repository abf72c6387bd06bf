import { HttpMemory } from "./http-memory.js";
import { StdioMemory } from "./stdio-memory.js";
import { Unreachable } from "./unreachable.js";

/**
 * The memory server as the plugin sees it, whichever way it is reached:
 *
 * - `search(args, timeoutMs)`: the results of `search_combined`, best first
 * - `add(args, timeoutMs)`: remembers; with the same `idempotency_key` any number of times, once
 * - `warmUp()`, `close()`
 *
 * Both throw `Unreachable` where trying again later may help, and any other error where it will not.
 */
export function connect(connection, log) {
  switch (connection.kind) {
    case "http":
      return new HttpMemory(connection);
    case "stdio":
      return new StdioMemory(connection, log);
    default:
      return new NoMemory();
  }
}

class NoMemory {
  async search() {
    throw new Unreachable("no memory server is configured: set mcp.servers.memory, or this plugin's url");
  }

  async add() {
    return this.search();
  }

  warmUp() {}

  close() {}
}
