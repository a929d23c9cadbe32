import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CURE =
  'install the package nats-server or set NATS_URL to have events; the federation runs without them.';

/** Debian asks this file whether a package may start its service; 101 means no. */
const POLICY_FILE = '/usr/sbin/policy-rc.d';

/** A set-up that never ends would be worse than one without events. */
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
 * Installs the nats-server Debian package when there is none and this is root on Debian. Else, and when that fails,
 * says in one line what to do: events are off then, and nothing else is.
 * @param {{ env: NodeJS.ProcessEnv, uid: number | undefined, say: (line: string) => void }} options
 */
export function ensureNatsServer({ env, uid, say }) {
  if (env.NATS_URL || onPath('nats-server', env)) return;
  if (uid !== 0 || !onPath('apt-get', env)) return say(`no nats-server on the PATH: ${CURE}`);

  say('installing the Debian package nats-server …');
  withServicesHeldBack(() => {
    if (install(env) !== 0 && aptGet(env, 'update') === 0) install(env);
  });
  if (!onPath('nats-server', env)) return say(`nats-server could not be installed: ${CURE}`);
  if (existsSync('/run/systemd/system'))
    spawnSync('systemctl', ['disable', '--now', 'nats-server'], { stdio: 'ignore', timeout: COMMAND_MS_MAX });
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

/** @param {NodeJS.ProcessEnv} env */
function install(env) {
  return aptGet(env, 'install', '-y', '--no-install-recommends', 'nats-server');
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 */
function aptGet(env, ...args) {
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', [...APT_OPTIONS, ...args], {
    env: quiet,
    stdio: 'ignore',
    timeout: COMMAND_MS_MAX,
  }).status;
}

/**
 * We want the program, not a server that runs from now on and holds port 4222.
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
