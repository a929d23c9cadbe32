import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensurePackages, onPath } from './debian-package.mjs';

/** @typedef {import('./debian-package.mjs').Host} Host */
/** @typedef {import('./debian-package.mjs').Wanted} Wanted */

/** The version that test/vectors/verifier needs, by its go.mod. */
const MINOR_MIN = 25;

/** The module that holds a whole Go, for any older Go to fetch. */
const TOOLCHAIN = 'golang.org/toolchain@v0.0.1-go1.26.8';
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/** Below the checkout: where a Go is that is not on the PATH. */
const PLACE = '.cache/go';
const VERSION_MS_MAX = 30_000;
const DOWNLOAD_MS_MAX = 600_000;
const SKIPPED = 'the tests of the verifier in Go are skipped without it.';

/** Debian's is too old to build with, and new enough to fetch a newer one. @type {Wanted} */
const OLD_GO = {
  what: 'go on the PATH',
  isThere: ({ env }) => onPath('go', env),
  packages: ['golang-go'],
  cure: `install Go 1.${MINOR_MIN} or newer; ${SKIPPED}`,
};

/**
 * A Go that is new enough: an installed one, or one fetched as a module and linked into the checkout.
 * @param {Host & { checkout: string }} host
 */
export async function ensureGo(host) {
  const link = join(host.checkout, PLACE);
  if (isFetched(host) || isNewEnough(host)) return;
  await ensurePackages(OLD_GO, host);
  if (!OLD_GO.isThere(host)) return;
  host.say(`fetching ${TOOLCHAIN} …`);
  const folder = fetched(host);
  if (folder === undefined) return host.say(`${TOOLCHAIN} could not be fetched: ${OLD_GO.cure}`);
  makeExecutable(folder);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(folder, link);
}

/**
 * The packages that apt-get will be asked for, for Go.
 * @param {Host & { checkout: string }} host
 * @returns {readonly Wanted[]}
 */
export function goPackages(host) {
  return isFetched(host) || isNewEnough(host) ? [] : [OLD_GO];
}

/** @param {{ checkout: string }} host */
function isFetched({ checkout }) {
  return existsSync(join(checkout, PLACE, 'bin/go'));
}

/**
 * Whether one is there already: on the PATH, or where its own installer puts it.
 * @param {Host} host
 */
function isNewEnough({ env, root }) {
  return ['go', join(root, 'usr/local/go/bin/go')].some((program) => {
    const { stdout } = spawnSync(program, ['version'], { env, encoding: 'utf8', timeout: VERSION_MS_MAX });
    return Number(/go1\.(?<minor>\d+)/.exec(stdout ?? '')?.groups?.['minor'] ?? 0) >= MINOR_MIN;
  });
}

/**
 * The folder of the module, checked against the sum database by the Go that fetches it.
 * @param {Host} host
 * @returns {string | undefined}
 */
function fetched({ env }) {
  const architecture = Object.entries(ARCHITECTURES).find(([name]) => name === process.arch)?.[1];
  const module = `${TOOLCHAIN}.linux-${architecture}`;
  const { status, stdout } = spawnSync('go', ['mod', 'download', '-json', module], {
    // A toolchain is no part of a module: of no go.mod in a folder above, least of all.
    env: { ...env, GO111MODULE: 'on', GOWORK: 'off' },
    cwd: '/',
    encoding: 'utf8',
    timeout: DOWNLOAD_MS_MAX,
  });
  return status === 0 ? JSON.parse(stdout).Dir : undefined;
}

/**
 * Modules hold no programs, so an old Go unpacks them without the right to be run; a new one gives it as here.
 * @param {string} folder
 */
function makeExecutable(folder) {
  for (const part of ['bin', 'pkg/tool']) {
    const base = join(folder, part);
    if (!existsSync(base)) continue;
    for (const entry of readdirSync(base, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o755);
    }
  }
}
