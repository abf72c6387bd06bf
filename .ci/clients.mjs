// Drives the server as other people's MCP clients do: the inspector in each of its eras, and mcporter; over stdio, and
// over HTTP and SSE with a server that this starts.
//
//   node .ci/clients.mjs TOOLS LAUNCHER [CONVERSATION]
//
// TOOLS is a folder in which npm has installed the clients, LAUNCHER the path of `agentic-memory`,
// CONVERSATION a JSON array of {role, content} to use in place of the short one below.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [tools, launcher, conversationFile] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), "agentic-memory-clients-"));
const env = { ...process.env, MEMORY_HOME: home, LC_ALL: "C.UTF-8" };
const bin = (name) => join(tools, "node_modules", ".bin", name);
const run = "2026-03-22";
let passed = 0;
let failed = 0;

const turns = conversationFile
  ? JSON.parse(readFileSync(conversationFile, "utf8"))
  : [
      { role: "user", content: "We moved to Lisbon last weekend, the flat is close to the river." },
      { role: "assistant", content: "How is the water there?" },
      { role: "user", content: "So hard that the kettle is white already." },
      { role: "user", content: "I am lactose intolerant since last year." },
      { role: "user", content: "For the launch we chose Postgres." },
      { role: "user", content: "我每天早上六点跑步。" },
      { role: "user", content: "أحب القهوة السوداء بدون سكر 🖤" },
    ];

const paraphrases = [
  ["which database did we decide on?", "Postgres"],
  ["what city do they live in now?", "Lisbon"],
  ["跑步", "跑步"],
  ["القهوة", "القهوة"],
];

function check(name, ok, detail) {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok  " : "FAIL"}  ${name}${ok ? "" : `: ${JSON.stringify(detail).slice(0, 600)}`}`);
}

function exec(file, args) {
  try {
    return { code: 0, out: execFileSync(file, args, { env, encoding: "utf8", maxBuffer: 1 << 28 }) };
  } catch (e) {
    return { code: e.status, out: `${e.stdout ?? ""}`, err: `${e.stderr ?? ""}` };
  }
}

function json(result) {
  try {
    return JSON.parse(result.out);
  } catch {
    return { unreadable: result };
  }
}

// mcporter: one process of the server a call.
function call(tool, args) {
  const result = exec(bin("mcporter"), ["call", "--stdio", `${launcher} stdio`, "--name", "mem", tool, "--args", JSON.stringify(args), "--output", "json"]);
  const answer = json(result);
  return answer.structuredContent ?? answer;
}

function inspect(era, method, ...args) {
  return inspectAt(["-e", `MEMORY_HOME=${home}`, launcher, "stdio"], era, method, ...args);
}

function inspectAt(target, era, method, ...args) {
  return json(exec(bin("mcp-inspector"), ["--cli", ...target, "--protocol-era", era, "--method", method, ...args]));
}

// A server on a free port; resolves to its address and what ends it.
function serve() {
  const server = spawn(launcher, ["serve"], { env: { ...env, SERVICE_PORT: "0" }, stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      const address = said.match(/http:\/\/[\w.]+:\d+/);
      if (address) resolve({ address: address[0], end: () => new Promise((done) => server.on("exit", done) && server.kill()) });
    });
    server.on("exit", () => reject(new Error(`serve ended: ${said}`)));
  });
}

// A session of each client with a server that is reached by URL.
async function overHttp() {
  const server = await serve();
  const ways = [
    ["HTTP", `${server.address}/mcp`, "http", ["legacy", "auto", "modern"]],
    ["SSE", `${server.address}/sse`, "sse", ["legacy"]],
  ];
  try {
    for (const [way, url, transport, eras] of ways) {
      const porter = ["--http-url", url, "--allow-http", "--name", "mem"];
      const listed = json(exec(bin("mcporter"), ["list", ...porter, "--json"]));
      check(`mcporter over ${way} lists ten tools`, listed.tools?.length === 10, listed);
      const text = `The ${way} launch is on 1 July.`;
      const added = json(exec(bin("mcporter"), ["call", ...porter, "add_memory", "--args", JSON.stringify({ text, infer: false }), "--output", "json"]));
      const id = (added.structuredContent ?? added).results?.[0]?.id;
      check(`mcporter over ${way} adds`, Boolean(id), added);
      for (const era of eras) {
        const target = [url, "--transport", transport];
        const names = inspectAt(target, era, "tools/list").tools?.map((t) => t.name);
        check(`inspector over ${way} (${era}) lists ten tools`, names?.length === 10, names);
        const got = inspectAt(target, era, "tools/call", "--tool-name", "get_memory", "--tool-arg", `memory_id=${id}`);
        check(`inspector over ${way} (${era}) gets`, got.structuredContent?.memory === text, got);
        const read = inspectAt(target, era, "resources/read", "--uri", `memory://memories/${id}`);
        check(`inspector over ${way} (${era}) reads`, Boolean(read.contents?.[0]?.text), read);
        check(`inspector over ${way} (${era}) lists prompts`, inspectAt(target, era, "prompts/list").prompts?.length === 3, era);
        const wrong = exec(bin("mcp-inspector"), ["--cli", ...target, "--protocol-era", era, "--method", "tools/call", "--tool-name", "get_memory", "--tool-arg", "memory_id=none"]);
        check(`inspector over ${way} (${era}) sees an error as one`, wrong.code === 5, wrong);
      }
      const shared = call("get_memory", { memory_id: id });
      check(`mcporter over stdio gets what came over ${way}`, shared.memory === text, shared);
      check(`and deletes it`, call("delete_memory", { memory_id: id }).deleted === 1, id);
    }
  } finally {
    await server.end();
  }
}

try {
  const listed = json(exec(bin("mcporter"), ["list", "--stdio", `${launcher} stdio`, "--name", "mem", "--json"]));
  check("mcporter lists ten tools", listed.tools?.length === 10, listed);
  const added = call("add_memory", { messages: turns, run_id: run, infer: false });
  check(`mcporter adds ${turns.length} turns`, added.results?.length === turns.length, added);
  const same = call("add_memory", { messages: turns, run_id: run, infer: false });
  check("the same again is stored once", same.results?.every((r) => r.event === "NONE"), same);
  for (const index of [0, Math.floor(turns.length / 2), turns.length - 1]) {
    const words = turns[index].content;
    const found = call("search_memory", { query: words, run_id: run, top_k: 3 });
    check(`found again: ${words.slice(0, 40)}`, found.results?.some((r) => r.memory === words), found);
  }
  for (const [question, answer] of conversationFile ? [] : paraphrases) {
    const found = call("search_memory", { query: question, run_id: run, top_k: 1 });
    check(`found by paraphrase: ${question}`, found.results?.[0]?.memory.includes(answer), found);
  }
  const fact = call("add_memory", { text: "The launch is on 1 June.", infer: false }).results?.[0];
  const changed = call("update_memory", { memory_id: fact?.id, text: "The launch is on 15 June." });
  check("update keeps the id", changed.id === fact?.id && changed.memory.includes("15"), changed);
  const history = call("memory_history", { memory_id: fact?.id });
  check("history has both texts", history.results?.length === 2 && history.results[1].old_memory?.includes("1 June"), history);
  const page = call("list_memories", { run_id: run, limit: 5 });
  check("a list has a next page", page.results?.length === 5 && Boolean(page.next_cursor), page);
  const next = call("list_memories", { run_id: run, limit: 5, cursor: page.next_cursor });
  check("the next page goes on", next.results?.length > 0 && next.results.every((r) => !page.results.some((p) => p.id === r.id)), next);

  for (const era of ["legacy", "auto", "modern"]) {
    const names = inspect(era, "tools/list").tools?.map((t) => t.name);
    check(`inspector (${era}) lists ten tools`, names?.length === 10, names);
    const found = inspect(era, "tools/call", "--tool-name", "search_memory", "--tool-arg", "query=when is the launch", "top_k=1");
    check(`inspector (${era}) finds`, found.structuredContent?.results?.[0]?.id === fact?.id, found);
    const resources = inspect(era, "resources/list").resources ?? [];
    const uris = [...resources.map((r) => r.uri), `memory://memories/${fact?.id}`, `memory://memories/${fact?.id}/history`];
    const user = resources.map((r) => r.uri).find((u) => u.endsWith("/runs"));
    uris.push(`${user}/${run}`);
    for (const uri of uris) {
      const read = inspect(era, "resources/read", "--uri", uri);
      check(`inspector (${era}) reads ${uri.replace(fact?.id, "…")}`, Boolean(read.contents?.[0]?.text), read);
    }
    check(`inspector (${era}) lists templates`, inspect(era, "resources/templates/list").resourceTemplates?.length === 6, era);
    check(`inspector (${era}) lists prompts`, inspect(era, "prompts/list").prompts?.length === 3, era);
    const wrong = exec(bin("mcp-inspector"), ["--cli", "-e", `MEMORY_HOME=${home}`, launcher, "stdio", "--protocol-era", era, "--method", "tools/call", "--tool-name", "get_memory", "--tool-arg", "memory_id=none"]);
    check(`inspector (${era}) sees an error as one`, wrong.code === 5, wrong);
  }

  await overHttp();

  const runs = call("delete_by_run_id", { run_id: run });
  check("delete by run counts", runs.deleted === turns.length, runs);
  check("and nothing is left", call("search_memory", { query: turns[0].content, run_id: run }).results?.length === 0, "");
  const user = changed.user_id;
  check("delete by user counts", call("delete_by_user_id", { user_id: user }).deleted === 1, user);
  check("and nothing is left", call("list_memories", {}).results?.length === 0, "");
} finally {
  rmSync(join(home, "serve.endpoint"), { force: true }); // Then the server ends that the clients' processes share.
  await new Promise((ended) => setTimeout(ended, 3_000));
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
