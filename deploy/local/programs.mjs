import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { announce, ensurePackages, onPath } from './debian-package.mjs';

/** @typedef {import('./debian-package.mjs').Host} Host */
/** @typedef {import('./debian-package.mjs').Wanted} Wanted */

/** @type {Wanted} */
const NATS = {
  what: 'nats-server on the PATH',
  isThere: ({ env }) => onPath('nats-server', env),
  packages: ['nats-server'],
  cure: 'install the package nats-server or set NATS_URL to have events; the federation runs without them.',
};

/** @type {Wanted} */
const IP = {
  what: 'ip on the PATH',
  isThere: ({ env }) => onPath('ip', env),
  packages: ['iproute2'],
  cure: 'install the package iproute2 to test in network namespaces; those tests are skipped without it.',
};

/** @type {Wanted} */
const TOKEN = {
  what: 'token in software',
  isThere: ({ env }) => onPath('softhsm2-util', env) && onPath('p11-kit', env),
  packages: ['softhsm2', 'p11-kit', 'p11-kit-modules'],
  cure: 'install softhsm2 and p11-kit to test keys in a token; those tests are skipped without them.',
};

/** Debian has it from 13 on. @type {Wanted} */
const TOKEN_PROVIDER = {
  what: 'OpenSSL provider for tokens',
  isThere: ({ root }) => hasLibrary(root, 'ossl-modules/pkcs11.so'),
  packages: ['pkcs11-provider'],
  orBackport: true,
  cure: 'install pkcs11-provider to test keys in a token; those tests are skipped without it.',
};

/** @type {Wanted} */
const PYTHON = {
  what: 'gRPC for Python',
  isThere: ({ root }) => existsSync(join(root, 'usr/lib/python3/dist-packages/grpc')),
  packages: ['python3-grpcio', 'python3-protobuf'],
  cure: 'install python3-grpcio and python3-protobuf to call a member from Python; those tests are skipped without them.',
};

/** @type {Wanted} */
const PROMTOOL = {
  what: 'promtool on the PATH',
  isThere: ({ env }) => onPath('promtool', env),
  packages: ['prometheus'],
  cure: 'install the package prometheus to have promtool judge the metrics; those tests are skipped without it.',
};

const COMMAND_MS_MAX = 30_000;

/**
 * Says what the two functions below will install.
 * @param {Host} host
 * @param {{ forTests: boolean, more: readonly Wanted[] }} options
 */
export function announcePrograms(host, { forTests, more }) {
  const always = host.env.NATS_URL ? [] : [NATS];
  announce([...always, ...(forTests ? [IP, PYTHON, PROMTOOL, TOKEN, TOKEN_PROVIDER, ...more] : [])], host);
}

/**
 * Events need a nats-server; without it they are off, and nothing else is.
 * @param {Host} host
 */
export async function ensureNatsServer(host) {
  if (host.env.NATS_URL || !(await ensurePackages(NATS, host))) return;
  disable('nats-server');
}

/**
 * A service that came with a program is not started at the next boot either.
 * @param {string} service
 */
function disable(service) {
  if (!existsSync('/run/systemd/system')) return;
  spawnSync('systemctl', ['disable', '--now', service], { stdio: 'ignore', timeout: COMMAND_MS_MAX });
}

/**
 * Installs the programs that only tests need: network namespaces, a token, gRPC of another language and promtool, where
 * this process may install them.
 * @param {Host} host
 */
export async function ensureTestPrograms(host) {
  if (host.uid !== 0) return;
  for (const wanted of [IP, PYTHON]) await ensurePackages(wanted, host);
  if (await ensurePackages(PROMTOOL, host)) disable('prometheus');
  await ensurePackages(TOKEN, host);
  if (TOKEN.isThere(host)) await ensurePackages(TOKEN_PROVIDER, host);
}

/**
 * Whether a folder of libraries, which Debian names after the kind of machine, has this file.
 * @param {string} root
 * @param {string} path
 */
function hasLibrary(root, path) {
  const libraries = join(root, 'usr/lib');
  if (!existsSync(libraries)) return false;
  return readdirSync(libraries).some((folder) => existsSync(join(libraries, folder, path)));
}
