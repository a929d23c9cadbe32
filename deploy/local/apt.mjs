import { spawn } from 'node:child_process';

/**
 * The way apt-get runs: its environment, the signal that ends it, and the lock, which it keeps when we are killed.
 * @typedef {{ env: NodeJS.ProcessEnv, signal: AbortSignal, lock: number }} Apt
 */

/** A set-up that never ends would be worse than one that lacks a program. */
const COMMAND_MS_MAX = 300_000;

/** Slow mirrors answer in seconds; a silent mirror must not hold up the start for minutes. */
const OPTIONS = [
  '-qq',
  '-o',
  'Acquire::Retries=1',
  '-o',
  'Acquire::http::Timeout=20',
  '-o',
  'DPkg::Lock::Timeout=120',
];

/**
 * Interrupted by SIGINT, as from a terminal: apt-get ends at once while it fetches, and finishes what dpkg has begun.
 * @param {Apt} apt
 * @param {string[]} args
 * @param {string} [folder] - where to run it
 * @returns {Promise<{ ok: boolean, out: string }>}
 */
export function aptGet({ env, signal, lock }, args, folder) {
  if (signal.aborted) return Promise.resolve({ ok: false, out: '' });
  const child = spawn('apt-get', [...OPTIONS, ...args], {
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'ignore', lock],
    timeout: COMMAND_MS_MAX,
    cwd: folder,
  });
  const interrupt = () => child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  return new Promise((resolve) => {
    /** @param {boolean} ok */
    const end = (ok) => {
      signal.removeEventListener('abort', interrupt);
      child.stdout?.destroy();
      resolve({ ok, out });
    };
    child.once('error', () => end(false));
    // Processes that it leaves behind may hold its output open.
    child.once('exit', () => signal.aborted && end(false));
    child.once('close', (status) => end(status === 0));
  });
}

/**
 * Installs packages by their names, or a file by its path; asks for fresh lists when it has to.
 * @param {Apt} apt
 * @param {readonly string[]} packages
 */
export async function install(apt, packages) {
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  return (await aptGet(apt, args)).ok || ((await aptGet(apt, ['update'])).ok && (await aptGet(apt, args)).ok);
}
