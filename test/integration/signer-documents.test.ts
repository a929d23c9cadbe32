import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const DRILL_MS_MAX = 180_000;

/** The other operators, of whom the ceremony needs the files of step 4. */
const OTHERS = `
for each in a b c; do
  btcfed init --home other-$each --name $each --announce /dns4/$each.example/tcp/9000
  cp other-$each/member.json member-$each.json
done
btcfed genesis --chain-id drill --member member-a.json member-b.json member-c.json home/member.json --out genesis.json
`;

/** All commands of a document, in their order. */
function commandsOf(document: string): readonly string[] {
  const text = readFileSync(at(`services/signer/${document}`), 'utf8');
  return [...text.matchAll(/^```sh\n(?<block>.*?)^```$/gms)].map(({ groups }) => groups?.['block'] ?? '');
}

/** Runs them as the reader would, in one shell that stops at the first that fails. */
function run(
  document: string,
  change: (blocks: readonly string[]) => readonly string[] = (blocks) => blocks,
): void {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-drill-'));
  try {
    const program = `"${process.execPath}" "${at('services/cli/btcfed.mjs')}"`;
    const script = [
      'set -e -x -o pipefail',
      `btcfed() { ${program} "$@"; }`,
      ...change(commandsOf(document)),
    ].join('\n');
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      timeout: DRILL_MS_MAX,
    });
    assert.equal(status, 0, `${document}\n${stdout}\n${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isThere = (command: string): boolean =>
  spawnSync(command, ['--version'], { timeout: DRILL_MS_MAX }).status === 0;
const openssl =
  !spawnSync('openssl', ['version'], { timeout: DRILL_MS_MAX }).stdout?.length &&
  'NOT TESTED HERE: openssl is missing';
const skip = openssl || (!isThere('jq') && 'NOT TESTED HERE: jq is missing');

test('the key ceremony can be held as it is written', { skip: openssl }, () => {
  run('key-ceremony.md', (blocks) => {
    assert.equal(blocks.length, 5);
    return blocks.toSpliced(4, 0, OTHERS);
  });
});

test('the drill of backup and restore can be held as it is written', { skip }, () =>
  run('backup-and-restore.md'),
);
