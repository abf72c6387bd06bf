import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** What is shown of a session's key, in characters. */
const SESSION_CHARS_MAX = 20;

/** All that any reader takes for the end of a line. */
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** The file of the day on which an exchange ended, UTC. */
export function diaryFile(exchange) {
  if (!exchange.workspaceDir) {
    throw new Error(`OpenClaw names no workspace for agent ${exchange.agentId}`);
  }
  return join(exchange.workspaceDir, "memory", `${exchange.at.slice(0, 10)}.md`);
}

/**
 * An exchange as an entry of the diary. Lines after the first are indented, so that nothing that was said can be taken
 * for the beginning of an entry or of another's words.
 */
export function entryOf(exchange) {
  const session = oneWord(exchange.sessionKey.split(":").at(-1), SESSION_CHARS_MAX);
  const agent = oneWord(exchange.agentId, Infinity);
  const said = exchange.turns.map((turn) => `- ${turn.role === "user" ? "Boss" : agent}: ${indented(turn.text)}\n`);
  return `### [${exchange.at.slice(11, 16)}] Session ${agent}:${session}\n${said.join("")}`;
}

function indented(text) {
  return text
    .split(LINE_END)
    .map((line, i) => (i === 0 || line === "" ? line : `  ${line}`))
    .join("\n");
}

/** A name as digest reads it: without blanks. */
function oneWord(text, charsMax) {
  return [...text.trim().replace(/\s+/g, "-")].slice(0, charsMax).join("") || "main";
}

/** How often the diary has this entry: the same may have been said twice in a minute. */
export function countOf(file, entry) {
  return existsSync(file) ? readFileSync(file, "utf8").split(entry).length - 1 : 0;
}

/** Appends an entry in one write, which others that append do not tear apart, and has it on the disk. */
export function appendEntry(file, entry, exchange) {
  mkdirSync(dirname(file), { recursive: true });
  const fd = openSync(file, "a+");
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.from((size === 0 ? header(exchange) : separator(fd, size)) + entry);
    writeWhole(fd, bytes, size);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function header(exchange) {
  const name = exchange.agentId.charAt(0).toUpperCase() + exchange.agentId.slice(1);
  return `# ${exchange.at.slice(0, 10)} - ${oneWord(name, Infinity)} Agent 日记\n\n## Session 记录\n\n`;
}

/** One blank line between entries, whatever the file ends with. */
function separator(fd, size) {
  const end = Buffer.alloc(Math.min(2, size));
  readSync(fd, end, 0, end.length, size - end.length);
  const text = end.toString("latin1");
  return text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
}

/** A full disk must not leave half an entry. */
function writeWhole(fd, bytes, size) {
  const written = writeSync(fd, bytes);
  if (written < bytes.length) {
    ftruncateSync(fd, size);
    throw new Error(`the disk took ${written} of ${bytes.length} bytes of a diary entry`);
  }
}
