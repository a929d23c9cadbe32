import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptGet, install } from './apt.mjs';

/**
 * Installs one package out of the backports of this Debian, by the mirror that this machine uses. Its own list of
 * sources stays as it is: nothing else is ever taken from there.
 * @param {import('./apt.mjs').Apt} apt
 * @param {readonly string[]} packages
 */
export async function installBackport(apt, packages) {
  const source = await backportsOf(apt);
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
    if (!(await aptGet(apt, [...apart, 'update'])).ok) return;
    if (!(await aptGet(apt, [...apart, 'download', ...packages], folder)).ok) return;
    const files = readdirSync(folder).filter((name) => name.endsWith('.deb'));
    await install(
      apt,
      files.map((name) => join(folder, name)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The line that names them, from the first source of Debian's main that apt knows; undefined: it knows none.
 * @param {import('./apt.mjs').Apt} apt
 */
async function backportsOf(apt) {
  const format = '$(CREATED_BY) $(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)';
  const { out } = await aptGet(apt, ['indextargets', '--format', format]);
  const found = /^Packages Debian main (?<codename>[a-z]+) (?<mirror>\S+)$/m.exec(out);
  if (found?.groups === undefined) return undefined;
  const { codename, mirror } = found.groups;
  return `deb ${mirror} ${codename}-backports main\n`;
}
