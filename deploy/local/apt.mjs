import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** A set-up that never ends would be worse than one that lacks a program. */
const COMMAND_MS_MAX = 300_000;

/** Slow mirrors answer in seconds; one that does not answer must not hold up the start for minutes. */
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
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 * @param {string} [folder] - where to run it
 * @returns {{ ok: boolean, out: string }}
 */
export function aptGet(env, args, folder) {
  const { status, stdout } = spawnSync('apt-get', [...OPTIONS, ...args], {
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: COMMAND_MS_MAX,
    cwd: folder,
  });
  return { ok: status === 0, out: stdout ?? '' };
}

/**
 * Installs packages by their names, or a file by its path; asks for fresh lists when it has to.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} packages
 */
export function install(env, packages) {
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  return aptGet(env, args).ok || (aptGet(env, ['update']).ok && aptGet(env, args).ok);
}

/**
 * We want programs, not servers that run from now on. Debian asks this file whether a package may start its service;
 * 101 means no.
 * @param {string} policyFile
 * @param {() => void} work
 */
export function withServicesHeldBack(policyFile, work) {
  const ours = !existsSync(policyFile);
  try {
    if (ours) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    work();
  } finally {
    if (ours) rmSync(policyFile, { force: true });
  }
}
