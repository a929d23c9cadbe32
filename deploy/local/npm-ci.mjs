import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Lines of npm's own report that are shown when it fails. */
const REPORT_LINES = 12;

/** A slow line needs minutes; a registry that never answers must not hold a start for ever. */
const INSTALL_MS_MAX = 900_000;

const SAYS_EVERY_MS = 2_000;

/** A number of packages that does not change is said every so many seconds. */
const STANDS_S = 10;

/**
 * Runs `npm ci`, and says as it goes how far it is. Nothing here needs an install script, so none may run.
 * @param {{ root: string, env: NodeJS.ProcessEnv, say: (line: string) => void, lock: number }} options
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function runNpmCi({ root, env, say, lock }) {
  const flags = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--include=dev', '--include=optional'];
  const { command, args } = npmCommand(env);
  const npm = spawn(command, [...args, ...flags, '--loglevel=error'], {
    cwd: root,
    env: { ...env, PATH: hostPath(root, env) },
    stdio: ['ignore', 'pipe', 'pipe', lock],
    timeout: INSTALL_MS_MAX,
  });
  const report = [npm.stdout, npm.stderr].map((stream) => stream?.setEncoding('utf8').toArray() ?? []);
  const progress = sayProgress(root, say);
  try {
    const status = await endOf(npm);
    if (status === 0) return undefined;
    const lines = (await Promise.all(report)).flat().join('').trim().split('\n');
    return `"npm ci" failed with ${status}:\n${lines.slice(-REPORT_LINES).join('\n')}`;
  } catch (error) {
    return `npm could not be run (${error instanceof Error ? error.message : error}); run "npm ci" by hand.`;
  } finally {
    clearInterval(progress);
  }
}

/**
 * @param {import('node:child_process').ChildProcess} npm
 * @returns {Promise<0 | string>} 0: well; else how it ended, in words
 */
function endOf(npm) {
  return new Promise((resolve, reject) => {
    npm.on('error', reject);
    npm.on('close', (code, signal) => {
      if (code === 0) resolve(0);
      else
        resolve(
          code === null ? `signal ${signal}, after ${INSTALL_MS_MAX / 1_000} s at most` : `exit code ${code}`,
        );
    });
  });
}

/**
 * @param {string} root
 * @param {(line: string) => void} say
 */
function sayProgress(root, say) {
  const wanted = lockedFolders(root);
  let [seconds, before] = [0, 0];
  return setInterval(() => {
    seconds += SAYS_EVERY_MS / 1_000;
    const there = wanted.filter((folder) => existsSync(join(root, folder, 'package.json'))).length;
    if (there === before && seconds % STANDS_S !== 0) return;
    before = there;
    say(`… ${there} of ${wanted.length} packages, ${seconds} s`);
  }, SAYS_EVERY_MS);
}

/**
 * The folders of all packages that npm installs on this machine, by the lock. npm makes empty folders of all of them first.
 * @param {string} root
 * @returns {readonly string[]}
 */
function lockedFolders(root) {
  /** @type {{ packages?: Record<string, { os?: string[], cpu?: string[], libc?: string[] }> }} */
  const { packages = {} } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const isHere = (/** @type {string[] | undefined} */ names, /** @type {string} */ name) =>
    names === undefined || names.includes(name);
  return Object.entries(packages)
    .filter(([folder]) => folder !== '')
    .filter(
      ([, { os, cpu, libc }]) =>
        isHere(os, process.platform) && isHere(cpu, process.arch) && isHere(libc, 'glibc'),
    )
    .map(([folder]) => folder);
}

/**
 * The npm that runs us, on the Node that it runs on; else the one on the PATH.
 * @param {NodeJS.ProcessEnv} env
 */
function npmCommand({ npm_execpath: npm, npm_node_execpath: node }) {
  if (npm?.endsWith('.js') && node !== undefined) return { command: node, args: [npm] };
  return { command: 'npm', args: [] };
}

/**
 * The PATH without the folder that npm put first: `npm ci` removes the Node in it while it runs.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
function hostPath(root, { PATH = '' }) {
  return PATH.split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules')))
    .join(delimiter);
}
