import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptGet, install } from './apt.mjs';

/**
 * Installs one package out of the backports of this Debian, by the mirror that this machine uses. Its own list of
 * sources stays as it is: nothing else is ever taken from there.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} packages
 */
export function installBackport(env, packages) {
  const source = backportsOf(env);
  if (source === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-backport-'));
  try {
    mkdirSync(join(folder, 'lists/partial'), { recursive: true });
    mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
    writeFileSync(join(folder, 'sources.list'), source);
    const apart = [
      `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${join(folder, 'lists')}`,
      `Dir::Cache=${join(folder, 'cache')}`,
      'Acquire::Languages=none',
    ].flatMap((option) => ['-o', option]);
    if (!aptGet(env, [...apart, 'update']).ok) return;
    if (!aptGet(env, [...apart, 'download', ...packages], folder).ok) return;
    const files = readdirSync(folder).filter((name) => name.endsWith('.deb'));
    install(
      env,
      files.map((name) => join(folder, name)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The line that names them, from the first source of Debian's main that apt knows; undefined: it knows none.
 * @param {NodeJS.ProcessEnv} env
 */
function backportsOf(env) {
  const format = '$(CREATED_BY) $(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)';
  const { out } = aptGet(env, ['indextargets', '--format', format]);
  const found = /^Packages Debian main (?<codename>[a-z]+) (?<mirror>\S+)$/m.exec(out);
  if (found?.groups === undefined) return undefined;
  const { codename, mirror } = found.groups;
  return `deb ${mirror} ${codename}-backports main\n`;
}
