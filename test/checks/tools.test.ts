import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';

const ROOT = new URL('../..', import.meta.url).pathname;
/** Generous: the machine may be busy with other tests. */
const TOOL_MS_MAX = 900_000;
const BIN = join(ROOT, 'node_modules', '.bin');

/** Runs one tool of the lockfile and shows all that it prints when it is not content. */
function isContent(command: string, args: readonly string[], folder = '.'): void {
  const { status, stdout, stderr, error } = spawnSync(join(BIN, command), args, {
    cwd: join(ROOT, folder),
    encoding: 'utf8',
    timeout: TOOL_MS_MAX,
    env: { ...process.env, PATH: `${BIN}${delimiter}${process.env['PATH'] ?? ''}`, NO_COLOR: '1' },
  });
  assert.equal(error, undefined);
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
}

test('format and lint are clean', () =>
  isContent('biome', ['ci', '--colors=off', '--error-on-warnings', '.']));

test('types are sound', () => isContent('tsc', ['-p', '.']));

test('no code is dead', () => isContent('knip', ['--no-progress']));

test('contracts pass the proto lint', () => isContent('buf', ['lint'], 'proto'));

test('contracts break nothing that the last version promised, the signer apart', () =>
  isContent('buf', ['breaking', '--against', 'baseline.binpb'], 'proto'));

test('contracts are formatted', () => isContent('buf', ['format', '--diff', '--exit-code'], 'proto'));

test('generated code is fresh', () => isContent('node', ['proto/generate.mjs', '--check']));
