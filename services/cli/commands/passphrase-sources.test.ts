import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { passphraseSource } from '../adapters/passphrase-source.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-sources-'));
after(() => rmSync(base, { recursive: true, force: true }));
const fresh = () => mkdtempSync(join(base, 'f-'));

const WORDS = 'a passphrase of words';
const CLI_MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const COMMAND_MS_MAX = 300_000;
const nobody = { ask: undefined, question: 'Passphrase' } as const;

function secretFile(name: string, content: string, mode = 0o600): string {
  const file = join(fresh(), name);
  writeFileSync(file, content, { mode });
  return file;
}

/** The folder of a service's credentials, with this one in it. */
function credentials(content: string, mode = 0o400): string {
  return join(secretFile('btcfed-passphrase', content, mode), '..');
}

const told = async (wishes: Partial<Parameters<typeof passphraseSource>[0]>): Promise<string> =>
  String(await passphraseSource({ ...nobody, ...wishes })());

/** Passphrase of 1024 bytes, and one more. */
const LONGEST = 'x'.repeat(1_024);

describe('SIG-18 a passphrase comes', () => {
  test('from a file, without one line end', async () => {
    assert.equal(await told({ file: secretFile('p', WORDS) }), WORDS);
    assert.equal(await told({ file: secretFile('p', `${WORDS}\n`) }), WORDS);
    assert.equal(await told({ file: secretFile('p', `${WORDS}\n\n`) }), `${WORDS}\n`);
    assert.equal(await told({ file: secretFile('p', `${LONGEST}\n`) }), LONGEST);
    const link = join(fresh(), 'link');
    symlinkSync(secretFile('p', WORDS), link);
    assert.equal(await told({ file: link }), WORDS);
  });

  test('from no file that others may read, that is missing, a folder or too long, and none of it is told', async () => {
    const shared = secretFile('p', WORDS);
    for (const mode of [0o640, 0o604, 0o620, 0o601, 0o440]) {
      chmodSync(shared, mode);
      // A credential of systemd has mode 0440, but belongs to root and its group.
      const isCredential = mode === 0o440 && process.getuid?.() === 0 && process.getgid?.() === 0;
      if (isCredential) continue;
      await assert.rejects(told({ file: shared }), {
        message: /others may read it: run chmod 600/,
        detail: { code: 'CUSTODY_KEY_EXPOSED', path: shared },
      });
    }
    const missing = join(base, 'nowhere');
    await assert.rejects(told({ file: missing }), {
      message: /nowhere: it is missing/,
      detail: { code: 'CUSTODY_KEY_MISSING', path: missing },
    });
    const long = secretFile('p', `${LONGEST}\n\n`);
    await assert.rejects(told({ file: long }), (error: Error) => {
      assert.match(error.message, /is longer than 1025 bytes/);
      assert.doesNotMatch(error.message, /xx/);
      return true;
    });
    await assert.rejects(told({ file: base }));
  });

  test('from a credential of systemd, when neither file nor descriptor is named', async () => {
    const folder = credentials(`${WORDS}\n`);
    assert.equal(await told({ credentials: folder }), WORDS);
    assert.equal(await told({ credentials: folder, file: secretFile('p', 'of the file') }), 'of the file');
    const ask = async () => Buffer.from('typed');
    assert.equal(await told({ credentials: folder, ask }), WORDS);
    assert.equal(await told({ credentials: fresh(), ask }), 'typed');
    await assert.rejects(told({ credentials: fresh() }), { message: /nobody is at the terminal/ });
    await assert.rejects(told({ credentials: credentials(WORDS, 0o644) }), {
      message: /btcfed-passphrase has mode \d+, others may read it/,
    });
  });

  test('from a descriptor that is open, and one that is not is refused', async () => {
    const folder = join(fresh(), 'signer');
    const keygen = ['signer', 'keygen', '--folder', folder, '--new-passphrase-fd', '3', '--json'];
    /** Reads from a pipe, as a shell makes one. */
    const run = (args: readonly string[], input: string) =>
      spawnSync('sh', ['-c', 'cat | "$0" "$@" 3<&0 </dev/null', process.execPath, CLI_MAIN, ...args], {
        input,
        encoding: 'utf8',
        timeout: COMMAND_MS_MAX,
      });
    const short = run(keygen, 'short');
    assert.deepEqual([short.status, /12/.test(short.stderr)], [1, true], short.stderr);
    const made = run(keygen, `${WORDS}\n`);
    assert.deepEqual([made.status, JSON.parse(made.stdout).sealed], [0, true], made.stderr);
    const out = join(base, 'key.pem');
    const exporting = ['signer', 'key', 'export', '--folder', folder, '--out', out, '--plain'];
    const wrong = run([...exporting, '--passphrase-fd', '3'], 'another passphrase');
    assert.deepEqual([wrong.status, /does not open/.test(wrong.stderr)], [1, true], wrong.stderr);
    const closed = run([...exporting, '--passphrase-fd', '60'], WORDS);
    assert.deepEqual(
      [closed.status, /--passphrase-fd <n>' argument '60' .*No descriptor/.test(closed.stderr)],
      [64, true],
      closed.stderr,
    );
    const far = await runCommandLine(...exporting, '--passphrase-fd', '64');
    assert.deepEqual([far.code, /--passphrase-fd/.test(far.notes)], [64, true]);
    const opened = run([...exporting, '--passphrase-fd', '3'], WORDS);
    assert.deepEqual([opened.status, readFileSync(out, 'utf8').length > 100], [0, true], opened.stderr);
  });
});
