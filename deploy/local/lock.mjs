import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `npm ci` on a slow line takes minutes; a set-up that hangs must not hold up all others for ever. */
const WAIT_MS_MAX = 600_000;

/** Exit code of a `flock` that was not to wait. */
const TAKEN = 1;

/**
 * Runs `work` while no other set-up of this checkout does: `npm start` and `npm test` side by side would delete each
 * other's node_modules.
 * @template T
 * @param {string} root
 * @param {(line: string) => void} say
 * @param {(lock: number) => Promise<T>} work - a child that gets the descriptor goes on holding the lock when we are killed
 * @returns {Promise<T>}
 */
export async function withLock(root, say, work) {
  const path = join(root, '.cache/set-up.lock');
  const lock = tryLock(path) ?? waitForLock(path, say);
  try {
    return await work(lock);
  } finally {
    closeSync(lock);
  }
}

/**
 * Takes a lock of the kernel on a file, which belongs to the descriptor: it ends with the last process that has it open,
 * however that ends, and the file stays.
 * @param {string} path
 * @returns {number | undefined} the descriptor; undefined: somebody else has the lock
 */
export function tryLock(path) {
  return locked(path, ['-x', '-n', '3'], [TAKEN]);
}

/**
 * @param {string} path
 * @param {(line: string) => void} say
 * @returns {number}
 */
export function waitForLock(path, say) {
  say(`another set-up holds ${path}, waiting for it …`);
  const lock = locked(path, ['-x', '3'], [null]);
  if (lock === undefined) throw new Error(`another set-up has held ${path} for too long: end it`);
  return lock;
}

/**
 * Node has no such call, so the program of util-linux makes it, on our descriptor.
 * @param {string} path
 * @param {readonly string[]} args
 * @param {readonly (number | null)[]} refusals - exit codes that mean that it is taken
 */
function locked(path, args, refusals) {
  mkdirSync(dirname(path), { recursive: true });
  const lock = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  const { status, error } = spawnSync('flock', args, {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/bin:/bin` },
    stdio: ['ignore', 'ignore', 'inherit', lock],
    timeout: WAIT_MS_MAX,
  });
  if (status === 0) return lock;
  closeSync(lock);
  const isLate = error !== undefined && 'code' in error && error.code === 'ETIMEDOUT';
  if (isLate || (error === undefined && refusals.includes(status))) return undefined;
  throw new Error(
    `${path} cannot be locked (flock: ${error?.message ?? `exit code ${status}`}): install util-linux`,
  );
}
