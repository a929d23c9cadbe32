import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { signerConfig } from '#services/signer/config.ts';
import { coreConfig } from '#services/signer/config-core.ts';
import { edgeConfig } from '#services/signer/config-edge.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const IS_SECRET = /pass|secret|\bpin\b|_PIN/i;
/** The pin of a certificate, by its public key (signer client add). */
const PUBLIC_PIN = '--pin <hex>';
/** Where a secret is, never the secret. */
const SAYS_WHERE = /^--[a-z-]+-(?:file <file>|fd <n>)$/;

interface Option {
  readonly command: string;
  readonly option: string;
}

/** Every option of the command and of all below it, as the help tells them. */
async function optionsBelow(...path: readonly string[]): Promise<readonly Option[]> {
  const { out } = await runCommandLine(...path, '--help');
  const named = (section: string, line: RegExp): readonly string[] => {
    const [, text = ''] = new RegExp(`\\n${section}:\\n((?:  .*\\n?)+)`).exec(`${out}\n`) ?? [];
    return [...text.matchAll(line)].map(({ groups }) => groups?.['name'] ?? '');
  };
  const own = named('Options', /^ {2}(?:-\w, )?(?<name>--[\w-]+(?: [<[][^>\]]+[>\]])?)/gm);
  const below = named('Commands', /^ {2}(?<name>[\w-]+)/gm).filter((name) => name !== 'help');
  const nested = await Promise.all(below.map((name) => optionsBelow(...path, name)));
  return [...own.map((option) => ({ command: path.join(' '), option })), ...nested.flat()];
}

describe('SIG-18 a passphrase is never in the arguments or the environment of a process', () => {
  test('for no command takes one: its options say where it is', async () => {
    const options = await optionsBelow();
    assert.ok(new Set(options.map(({ command }) => command)).size > 60, 'the whole tree was walked');
    const secrets = options.filter(({ option }) => IS_SECRET.test(option));
    assert.ok(secrets.length > 20, `${secrets.length} options are about secrets`);
    assert.deepEqual(
      secrets.filter(({ option }) => !SAYS_WHERE.test(option) && option !== PUBLIC_PIN),
      [],
    );
  });

  test('and one that is typed there all the same is refused', async () => {
    for (const typed of [['--passphrase', 'some words'], ['--pin', '1234'], ['some words']]) {
      const { code, notes } = await runCommandLine('signer', 'unlock', '--home', '/nowhere', ...typed);
      assert.equal(code, 64);
      assert.match(notes, /unknown option|too many arguments/);
    }
  });

  test('for no setting of a signer, and no variable that a program reads, is one', () => {
    const settings = [signerConfig, coreConfig, edgeConfig].flatMap(({ shape }) => Object.keys(shape));
    const files = globSync('{services,libs}/**/*.ts', { cwd: ROOT }).filter(
      (file) => !file.endsWith('.test.ts'),
    );
    const read = files.flatMap((file) =>
      [
        ...readFileSync(join(ROOT, file), 'utf8').matchAll(/\benv(?:\.|\[['"`])(?<name>[A-Z][A-Z0-9_]+)/g),
      ].map(({ groups }) => groups?.['name'] ?? ''),
    );
    assert.ok(settings.includes('SIGNER_CORE_PASSPHRASE_FILE') && read.includes('CREDENTIALS_DIRECTORY'));
    const secrets = [...settings, ...read].filter((name) => IS_SECRET.test(name));
    assert.deepEqual(
      secrets.filter((name) => !name.endsWith('_FILE')),
      [],
    );
  });
});
