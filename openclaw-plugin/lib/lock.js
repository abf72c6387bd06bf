import { mkdirSync, readFileSync, rmdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";

/** What is done under a lock takes milliseconds; a holder that was killed on another machine is given up after this. */
const STALE_MS = 10_000;

/** How long to wait for a lock before giving up. */
const PATIENCE_MS = 15_000;

const PAUSE_MS_MAX = 20;

/**
 * Runs `work` while no other process that uses the same lock file does, and returns its result. `work` is synchronous:
 * so it is alone within its process too.
 *
 * @param host name of this machine: only of its own processes can be told whether they live
 */
export async function locked(file, host, work) {
  const until = performance.now() + PATIENCE_MS;
  while (!tryLock(file, host)) {
    if (performance.now() > until) {
      throw new Error(`${file} is held by ${holder(file)}; remove it if that is not running`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * PAUSE_MS_MAX));
  }
  try {
    return work();
  } finally {
    unlinkSync(file);
  }
}

function tryLock(file, host) {
  try {
    writeFileSync(file, `${process.pid} ${host}`, { flag: "wx" });
    return true;
  } catch (e) {
    if (e.code !== "EEXIST") {
      throw e;
    }
    if (isStale(file, host)) {
      breakLock(file, host);
    }
    return false;
  }
}

/** Looking and removing is for one process at a time: a second one would remove the lock made since. */
function breakLock(file, host) {
  const breaking = `${file}.break`;
  try {
    mkdirSync(breaking);
  } catch {
    if (ageOf(breaking) > STALE_MS) {
      quietly(() => rmdirSync(breaking));
    }
    return;
  }
  try {
    if (isStale(file, host)) {
      quietly(() => unlinkSync(file));
    }
  } finally {
    quietly(() => rmdirSync(breaking));
  }
}

function isStale(file, host) {
  const [pid, where] = holder(file).split(" ");
  const dead = where === host && Number(pid) !== process.pid && !lives(Number(pid));
  return dead || ageOf(file) > STALE_MS;
}

function holder(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return e.code === "EPERM";
  }
}

/** In milliseconds; 0 for what is gone by now. */
function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function quietly(work) {
  try {
    work();
  } catch {
    // Another process was faster.
  }
}
