import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian asks this file whether a package may start its service; 101 means no. */
const POLICY_FILE = '/usr/sbin/policy-rc.d';

/** A set-up that never ends would be worse than one that lacks a program. */
const COMMAND_MS_MAX = 300_000;

/** Slow mirrors answer in seconds; one that does not answer must not hold up the start for minutes. */
const APT_OPTIONS = [
  '-qq',
  '-o',
  'Acquire::Retries=1',
  '-o',
  'Acquire::http::Timeout=20',
  '-o',
  'DPkg::Lock::Timeout=120',
];

/**
 * Installs a Debian package for the program that it brings, when there is none and this is root on Debian. Else, and
 * when that fails, says in one line what to do.
 * @param {{ program: string, name: string, cure: string }} wanted
 * @param {{ env: NodeJS.ProcessEnv, uid: number | undefined, say: (line: string) => void }} options
 * @returns {boolean} whether it was installed
 */
export function ensurePackage({ program, name, cure }, { env, uid, say }) {
  if (onPath(program, env)) return false;
  if (uid !== 0 || !onPath('apt-get', env)) {
    say(`no ${program} on the PATH: ${cure}`);
    return false;
  }
  say(`installing the Debian package ${name} …`);
  withServicesHeldBack(() => {
    if (install(name, env) !== 0 && aptGet(env, 'update') === 0) install(name, env);
  });
  const isThere = onPath(program, env);
  if (!isThere) say(`${name} could not be installed: ${cure}`);
  return isThere;
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
function onPath(program, { PATH = '' }) {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
function install(name, env) {
  return aptGet(env, 'install', '-y', '--no-install-recommends', name);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 */
function aptGet(env, ...args) {
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
  const all = [...APT_OPTIONS, ...args];
  return spawnSync('apt-get', all, { env: quiet, stdio: 'ignore', timeout: COMMAND_MS_MAX }).status;
}

/**
 * We want the program, not a server that runs from now on.
 * @param {() => void} work
 */
function withServicesHeldBack(work) {
  const ours = !existsSync(POLICY_FILE);
  try {
    if (ours) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    work();
  } finally {
    if (ours) rmSync(POLICY_FILE, { force: true });
  }
}
