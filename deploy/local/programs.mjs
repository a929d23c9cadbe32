import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensurePackage } from './debian-package.mjs';

const NATS = {
  program: 'nats-server',
  name: 'nats-server',
  cure: 'install the package nats-server or set NATS_URL to have events; the federation runs without them.',
};

const IP = {
  program: 'ip',
  name: 'iproute2',
  cure: 'install the package iproute2 to test in network namespaces; those tests are skipped without it.',
};

const COMMAND_MS_MAX = 30_000;

/** @typedef {{ env: NodeJS.ProcessEnv, uid: number | undefined, say: (line: string) => void }} Host */

/**
 * Events need a nats-server; without it they are off, and nothing else is.
 * @param {Host} host
 */
export function ensureNatsServer(host) {
  if (host.env.NATS_URL || !ensurePackage(NATS, host)) return;
  if (existsSync('/run/systemd/system')) {
    const args = ['disable', '--now', 'nats-server'];
    spawnSync('systemctl', args, { stdio: 'ignore', timeout: COMMAND_MS_MAX });
  }
}

/**
 * What only tests need: network namespaces, where this process may make them.
 * @param {Host} host
 */
export function ensureTestPrograms(host) {
  if (host.uid === 0) ensurePackage(IP, host);
}
