import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { install } from './apt.mjs';
import { installBackport } from './backport.mjs';
import { withServicesHeldBack } from './policy.mjs';

/**
 * @typedef {object} Host
 * @property {NodeJS.ProcessEnv} env
 * @property {number | undefined} uid
 * @property {(line: string) => void} say
 * @property {string} root - '/', but in tests
 * @property {boolean} [isAptLeftAlone] - by the wish of a person
 */

/**
 * @typedef {object} Wanted
 * @property {string} what - is missing, as a line says it
 * @property {(host: Host) => boolean} isThere
 * @property {readonly string[]} packages
 * @property {boolean} [orBackport] - whether the backports of this Debian may have what itself has not
 * @property {string} cure
 */

/**
 * Installs Debian packages for a missing program, as root on Debian. Otherwise, and when that fails, prints one line
 * of advice.
 * @param {Wanted} wanted
 * @param {Host} host
 * @returns {Promise<boolean>} whether they were installed
 */
export async function ensurePackages(wanted, host) {
  const { what, isThere, packages, orBackport = false, cure } = wanted;
  const { env, say } = host;
  if (isThere(host)) return false;
  if (!mayInstall(host)) {
    say(`no ${what}: ${cure}`);
    return false;
  }
  say(`installing the Debian package ${packages.join(', ')} …`);
  await withServicesHeldBack(host, async (held) => {
    const apt = { env, ...held };
    if (!(await install(apt, packages)) && orBackport) await installBackport(apt, packages);
  });
  const hasCome = isThere(host);
  if (!hasCome) say(`${packages.join(', ')} could not be installed: ${cure}`);
  return hasCome;
}

/**
 * Says in one line what apt-get will install, before it installs any of it.
 * @param {readonly Wanted[]} wanted
 * @param {Host} host
 */
export function announce(wanted, host) {
  const packages = wanted.filter(({ isThere }) => !isThere(host)).flatMap((each) => each.packages);
  if (packages.length === 0 || !mayInstall(host)) return;
  const refusal = '--no-system-packages or BTCFED_NO_SYSTEM_PACKAGES=1 leaves apt alone';
  host.say(`apt-get will install ${packages.join(', ')} with what these need; ${refusal}`);
}

/** @param {Host} host */
function mayInstall({ env, uid, isAptLeftAlone = false }) {
  return uid === 0 && !isAptLeftAlone && onPath('apt-get', env);
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
export function onPath(program, { PATH = '' }) {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
