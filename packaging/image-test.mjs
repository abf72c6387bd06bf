// Unpacks the layers of the image, and has its command answer a session, on the Java of PATH.
//
//   node packaging/image-test.mjs target/jib-image.tar
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [image] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "image-"));
try {
  const unpack = (archive, into) => {
    mkdirSync(into, { recursive: true });
    execFileSync("tar", ["xf", archive, "-C", into], { stdio: "ignore" });
  };
  unpack(image, join(folder, "image"));
  const [manifest] = JSON.parse(readFileSync(join(folder, "image", "manifest.json"), "utf8"));
  const { config } = JSON.parse(readFileSync(join(folder, "image", manifest.Config), "utf8"));
  manifest.Layers.forEach((layer) => unpack(join(folder, "image", layer), join(folder, "root")));

  const env = { PATH: process.env.PATH, HOME: folder, ...Object.fromEntries(config.Env.map((one) => one.split("=", 2))) };
  env.PATH = process.env.PATH;
  env.MEMORY_HOME = join(folder, "data");
  env.MEMORY_USER_ID = "alice";
  const clientInfo = { name: "image-test", version: "1" };
  const session = [
    { id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo } },
    { id: 2, method: "tools/call", params: { name: "add_memory", arguments: { text: "The flat is in Lisbon", infer: false } } },
    { id: 3, method: "tools/call", params: { name: "search_memory", arguments: { query: "where do they live?" } } },
  ];
  const input = session.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`).join("");
  const [command] = config.Entrypoint;
  const out = execFileSync(join(folder, "root", command), ["stdio"], { env, input, encoding: "utf8" });
  if (!out.includes("Lisbon") || !existsSync(join(folder, "data", "memory.db")) || config.Cmd[0] !== "serve") {
    throw new Error(`the image's command answers wrongly: ${out}`);
  }
  console.log(`ok    the image's ${manifest.Layers.length} layers hold a program that answers a session`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
