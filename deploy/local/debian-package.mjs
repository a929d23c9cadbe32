import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { install, withServicesHeldBack } from './apt.mjs';
import { installBackport } from './backport.mjs';

/**
 * @typedef {object} Host
 * @property {NodeJS.ProcessEnv} env
 * @property {number | undefined} uid
 * @property {(line: string) => void} say
 * @property {string} root - '/', but in tests
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
 * Installs Debian packages for what they bring, when it is not there and this is root on Debian. Else, and when that
 * fails, says in one line what to do.
 * @param {Wanted} wanted
 * @param {Host} host
 * @returns {boolean} whether they were installed
 */
export function ensurePackages(wanted, host) {
  const { what, isThere, packages, orBackport = false, cure } = wanted;
  const { env, uid, say, root } = host;
  if (isThere(host)) return false;
  if (uid !== 0 || !onPath('apt-get', env)) {
    say(`no ${what}: ${cure}`);
    return false;
  }
  say(`installing the Debian package ${packages.join(', ')} …`);
  withServicesHeldBack(join(root, 'usr/sbin/policy-rc.d'), () => {
    if (!install(env, packages) && orBackport) installBackport(env, packages);
  });
  const hasCome = isThere(host);
  if (!hasCome) say(`${packages.join(', ')} could not be installed: ${cure}`);
  return hasCome;
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
