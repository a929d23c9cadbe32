import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Inside node_modules, so that removing the folder removes the claim. */
const STAMP = 'node_modules/.btcfed-lock';

/** Lines of npm's own report that are shown when it fails. */
const REPORT_LINES = 12;

/** A slow line needs minutes; a registry that never answers must not hold a start for ever. */
const INSTALL_MS_MAX = 900_000;

/**
 * Installs exactly what package-lock.json says, unless the stamp says that this is done.
 * @param {{ root: string, env: NodeJS.ProcessEnv, say: (line: string) => void, lock: number }} options - npm keeps the lock
 * when we are killed while it works
 * @returns {string | undefined} what went wrong
 */
export function installDependencies({ root, env, say, lock }) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (readStamp(root) === wanted) return undefined;

  say('installing the locked dependencies (npm ci) …');
  const problem = runNpmCi(root, env, lock);
  if (problem !== undefined) return problem;
  writeFileSync(join(root, STAMP), `${wanted}\n`);
  return undefined;
}

/** @param {string} root */
function readStamp(root) {
  try {
    return readFileSync(join(root, STAMP), 'utf8').trim();
  } catch {
    return undefined; // Never installed, or not by us: both mean install.
  }
}

/**
 * Nothing here needs an install script, so none may run.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {number} lock
 */
function runNpmCi(root, env, lock) {
  const flags = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--include=dev', '--include=optional'];
  const { command, args } = npmCommand(env);
  const { status, error, stdout, stderr } = spawnSync(command, [...args, ...flags, '--loglevel=error'], {
    cwd: root,
    env: { ...env, PATH: hostPath(root, env) },
    stdio: ['ignore', 'pipe', 'pipe', lock],
    encoding: 'utf8',
    timeout: INSTALL_MS_MAX,
  });
  if (error !== undefined) return `npm could not be run (${error.message}); run "npm ci" by hand.`;
  if (status === 0) return undefined;
  const report = `${stdout}${stderr}`.trim().split('\n').slice(-REPORT_LINES).join('\n');
  return `"npm ci" failed with exit code ${status}:\n${report}`;
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
