// Unpacks a Claude Desktop bundle, and has its server answer as Claude Desktop would start it, with no Java around.
//
//   node packaging/bundle-test.mjs target/agentic-memory.mcpb MCPB
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [bundle, mcpb] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "bundle-"));
try {
  execFileSync(mcpb, ["unpack", bundle, join(folder, "unpacked")], { stdio: "ignore" });
  const { server } = JSON.parse(readFileSync(join(folder, "unpacked", "manifest.json"), "utf8"));
  const filled = (text) =>
    text.replaceAll("${__dirname}", join(folder, "unpacked")).replaceAll("${user_config.data_folder}", join(folder, "data"));
  const { command, args, env } = server.mcp_config;
  const filledEnv = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
  const child = spawn(filled(command), args.map(filled), {
    env: { PATH: "/usr/bin:/bin", HOME: folder, MEMORY_SERVER_IDLE_SECONDS: "1", ...filledEnv },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (id, method, params) => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return JSON.parse((await answers.next()).value).result;
  };
  const clientInfo = { name: "bundle-test", version: "1" };
  await ask(1, "initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
  const { tools } = await ask(2, "tools/list", {});
  await ask(3, "tools/call", { name: "add_memory", arguments: { text: "The flat is in Lisbon, 住在里斯本", infer: false } });
  const found = await ask(4, "tools/call", { name: "search_memory", arguments: { query: "where do they live?" } });
  child.stdin.end();
  const endpoint = join(folder, "data", "serve.endpoint");
  if (process.platform !== "win32" && !existsSync(endpoint)) {
    throw new Error("the bundle's process has started no server");
  }
  while (existsSync(endpoint)) await new Promise((soon) => setTimeout(soon, 100));
  const memory = found.structuredContent?.results?.[0]?.memory;
  if (tools.length !== 10 || !memory?.includes("里斯本")) {
    throw new Error(`the bundle's server answers wrongly: ${JSON.stringify(found)}`);
  }
  const megabytes = Math.round(statSync(bundle).size / (1 << 20));
  console.log(`ok    the bundle (${megabytes} MB) answers a session without any other Java`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
