import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 500;
/** `npm ci` on a slow line takes minutes. */
const WAITS_MAX = 1_200;

/**
 * Runs `work` while no other set-up of this checkout does: `npm start` and `npm test` side by side would delete each
 * other's node_modules. The lock of a process that died is taken over.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, work) {
  const folder = join(root, '.cache');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'set-up.lock');
  for (let waits = 0; !taken(path); waits += 1) {
    if (waits === WAITS_MAX) throw new Error(`another set-up holds ${path}; remove it if none runs`);
    await sleep(WAIT_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function taken(path) {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch {
    if (!holderLives(path)) rmSync(path, { force: true });
    return false;
  }
}

/** @param {string} path */
function holderLives(path) {
  try {
    process.kill(Number.parseInt(readFileSync(path, 'utf8'), 10), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
