import { closeSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock, waitForLock } from './lock.mjs';

/** @typedef {import('./debian-package.mjs').Host} Host */

/** The signal and the lock for an apt-get that runs meanwhile. @typedef {{ signal: AbortSignal, lock: number }} Held */

/** Debian asks it whether a package may start its service; 101 means no. */
const POLICY = 'usr/sbin/policy-rc.d';

/** A mark in the file, so that a later set-up knows who wrote it. */
const MARK = '# The set-up of btcfed (deploy/local) wrote this while it installs packages, and removes it.';
const TEXT = `#!/bin/sh\n${MARK}\nexit 101\n`;

/** The lock of the machine, because checkouts share the file above. Only root writes in this folder. */
const LOCK = 'run/btcfed-set-up.lock';

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Installs while no package starts its service: we want programs, not servers that run from now on. A signal interrupts
 * the work, and ends this process once all is as it was.
 * @param {Host} host
 * @param {(held: Held) => Promise<void>} work
 */
export async function withServicesHeldBack({ root, say }, work) {
  const lockFile = join(root, LOCK);
  const lock = tryLock(lockFile) ?? waitForLock(lockFile, say);
  const policy = join(root, POLICY);
  const ended = catchSignals();
  try {
    removeLeftover(policy, say);
    const isOurs = !existsSync(policy);
    try {
      if (isOurs) writeFileSync(policy, TEXT, { mode: 0o755 });
      await work({ signal: ended.signal, lock });
    } finally {
      if (isOurs) rmSync(policy, { force: true });
    }
  } finally {
    closeSync(lock);
    ended.raise();
  }
}

/**
 * Takes away what a set-up left that was killed outright: no service of any package would ever start again. Not while
 * another one, or the apt-get of one that was killed, is at work.
 * @param {Pick<Host, 'root' | 'say'>} host
 */
export function repairPolicy({ root, say }) {
  const policy = join(root, POLICY);
  if (!isMarked(policy)) return;
  const lock = tryLock(join(root, LOCK));
  if (lock === undefined) return;
  try {
    removeLeftover(policy, say);
  } finally {
    closeSync(lock);
  }
}

/**
 * @param {string} policy
 * @param {(line: string) => void} say
 */
function removeLeftover(policy, say) {
  if (!isMarked(policy)) return;
  rmSync(policy, { force: true });
  say(`removed ${policy}, which a set-up that was killed had left: services of packages may start again`);
}

/** @param {string} policy */
function isMarked(policy) {
  return existsSync(policy) && readFileSync(policy, 'utf8').includes(MARK);
}

/** Holds signals until `raise`, which then ends this process as the signal would have. */
function catchSignals() {
  const controller = new AbortController();
  /** @type {NodeJS.Signals | undefined} */
  let caught;
  /** @param {NodeJS.Signals} signal */
  const take = (signal) => {
    caught ??= signal;
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, take);
  return {
    signal: controller.signal,
    raise: () => {
      for (const signal of SIGNALS) process.off(signal, take);
      if (caught !== undefined) process.kill(process.pid, caught);
    },
  };
}
