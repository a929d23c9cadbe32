import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { refusalCode } from '#test/support/programs/refusal-code.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-state-'));
after(() => rmSync(base, { recursive: true, force: true }));

const run = (...args: readonly string[]) => runCommandLine('signer', 'state', ...args);

async function jsonOf(...args: readonly string[]) {
  const { code, out, notes } = await run(...args, '--json');
  assert.equal(code, 0, notes);
  return JSON.parse(out);
}

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, notes } = await run(...args);
  assert.equal(code, refusalCode(notes));
  assert.equal(notes.trim().split('\n').length, 1, notes);
  return notes;
}

describe('btcfed signer state', () => {
  const home = join(base, 'net', 'm0');
  before(async () => {
    const { code, notes } = await runCommandLine('testnet', '--members', '4', '--out', join(base, 'net'));
    assert.equal(code, 0, notes);
  });

  test('shows and verifies the record of a signer that does not run', async () => {
    const shown = await jsonOf('show', '--home', home);
    assert.deepEqual([shown.mode, shown.signs, shown.members, shown.lock], ['active', true, 4, null]);
    const verified = await jsonOf('verify', '--folder', join(home, 'signer'));
    assert.deepEqual([verified.ok, verified.auditHash], [true, shown.auditHash]);
    assert.match((await run('show', '--home', home)).out, /^mode +active$/m);
  });

  test('verify ends with exit code 1 when the mirror speaks against the record', async () => {
    const other = join(base, 'net', 'm1', 'signer');
    rmSync(join(other, 'signer.mirror'));
    const { code, out } = await run('verify', '--folder', other);
    assert.equal(code, 1);
    assert.match(out, /^fault .*is missing/m);
  });

  test('export retires, and import goes on elsewhere with the audit key that the export named', async () => {
    const file = join(base, 'history.json');
    const { auditKey, mode, publicKey } = await jsonOf('export', '--home', home, '--out', file);
    assert.equal(mode, 'retired');
    assert.equal((await jsonOf('show', '--home', home)).signs, false);
    assert.match(await refusal('export', '--home', home, '--out', file), /exists already/);
    assert.deepEqual(
      [(await jsonOf('verify', file)).auditKey, (await jsonOf('verify', file)).publicKey],
      [auditKey, publicKey],
    );
    const folder = join(base, 'new');
    mkdirSync(folder, { mode: 0o700 });
    copyFileSync(join(home, 'signer', 'signer.key'), join(folder, 'signer.key'));
    assert.match(await refusal('import', file, '--folder', folder), /--audit-key/);
    const imported = await jsonOf('import', file, '--folder', folder, '--audit-key', auditKey);
    assert.deepEqual([imported.mode, imported.isNew], ['active', true]);
    assert.equal((await jsonOf('show', '--folder', folder)).signs, true);
  });

  test('says which option is missing or wrong', async () => {
    assert.match(await refusal('show'), /one of --home and --folder/);
    assert.match(await refusal('show', '--home', home, '--folder', home), /one of --home and --folder/);
    assert.match(
      await refusal('import', 'package.json', '--home', home, '--audit-key', 'XY'),
      /--audit-key: expected 32/,
    );
    assert.match(await refusal('verify', join(base, 'nothing.json')), /cannot be read/);
    assert.match(await refusal('show', '--folder', join(base, 'nowhere')), /signer\.key: it is missing/);
  });
});
