import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../support/command-line.ts';
import { commandsIn, SIGNER_DOCUMENTS, signerDocument } from '../support/document-commands.ts';

const CLI = fileURLToPath(new URL('../../services/cli/btcfed.mjs', import.meta.url));
/** Some dozen starts of `btcfed`, on a machine that is busy. */
const DRILL_MS_MAX = 360_000;

/** The other operators, of whom the ceremony needs the files of step 4. */
const OTHERS = `
for each in a b c; do
  btcfed init --home other-$each --name $each --announce /dns4/$each.example/tcp/9000
  cp other-$each/member.json member-$each.json
done
btcfed genesis --chain-id drill --member member-a.json member-b.json member-c.json home/member.json --out genesis.json
`;

/** What an operator has when something goes wrong: a sealed home with a client, an authority, and notes. */
const BEFORE_AN_INCIDENT = `
umask 077
printf 'seven words that nobody would guess' > passphrase
btcfed testnet --members 4 --out net
mv net/m0 home
btcfed signer seal --home home --new-passphrase-file passphrase
btcfed pki init --ca ca --name dave
btcfed pki issue --ca ca --name consensus --usage client --out consensus
btcfed signer client add consensus --home home --cert consensus.pem
AUDIT_KEY=$(btcfed signer audit head --home home --json | jq -r .auditKey)
NOTED=$(btcfed signer audit head --home home --json | jq -r '"\\(.rows):\\(.hash)"')
`;

/** And after it. */
const AFTER_AN_INCIDENT = `
test "$(btcfed signer client list --home home --json | grep -c "$OLD")" = 0
btcfed signer client list --home home --json | grep -q "$(btcfed pki show consensus.pem --json | jq -r .pin)"
btcfed pki show home/tls/ca.crt --json | grep -q "$(btcfed pki show new-ca/ca.pem --json | jq -r .pin)"
btcfed pki show home/tls/signer.crt --json | grep -q '"signer"'
btcfed signer backup split --home home --passphrase-file new-passphrase --shares 3 --threshold 2 --out shares
`;

/** Runs them as the reader would, in one shell that stops at the first that fails. */
function run(name: string, blocks: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-drill-'));
  try {
    const program = `btcfed() { "${process.execPath}" "${CLI}" "$@"; }`;
    const script = ['set -e -x -o pipefail', program, ...blocks].join('\n');
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      timeout: DRILL_MS_MAX,
    });
    assert.equal(status, 0, `${name}\n${stdout}\n${stderr}`);
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
const blocksOf = (name: (typeof SIGNER_DOCUMENTS)[number]) => commandsIn(signerDocument(name));

test('the key ceremony can be held as it is written', { skip: openssl }, () => {
  const blocks = blocksOf('key-ceremony.md');
  assert.equal(blocks.length, 5);
  run('key-ceremony.md', blocks.toSpliced(4, 0, OTHERS));
});

test('the drill of backup and restore can be held as it is written', { skip }, () =>
  run('backup-and-restore.md', blocksOf('backup-and-restore.md')),
);

test('the commands for an incident do what they say', { skip }, () => {
  const blocks = blocksOf('incidents.md');
  assert.equal(blocks.length, 4);
  run('incidents.md', [BEFORE_AN_INCIDENT, ...blocks, AFTER_AN_INCIDENT]);
});

test('the certificates of a host of its own are made as it is written', () => {
  const blocks = blocksOf('isolated-host.md');
  assert.equal(blocks.length, 1);
  run('isolated-host.md', [...blocks, 'test -f ca.pem; test -f signer.key; test -f consensus.pem']);
});

describe('every btcfed command that a document of the signer names', () => {
  for (const name of SIGNER_DOCUMENTS) {
    test(`is one, with these options: ${name}`, async () => {
      const named = commandsNamedIn(signerDocument(name));
      if (name !== 'threat-model.md') assert.ok(named.length > 2, `${named.length} commands`);
      for (const command of named) await assertExists(command);
    });
  }

  test('a command or an option that is not there is noticed', async () => {
    await assert.rejects(assertExists('btcfed signer nonsense --home HOME'), /nonsense/);
    await assert.rejects(assertExists('btcfed signer audit head --nonsense'), /--nonsense/);
  });
});

/** In spans of code, and as lines of blocks; what goes on behind a pipe, a redirection or a note is not looked at. */
function commandsNamedIn(text: string): readonly string[] {
  const whole = text.replaceAll('\\\n', ' ');
  return [...whole.matchAll(/(?:`|^ *|\$\(|\()(?<command>btcfed [a-z][^`\n#>)]*)/gm)]
    .map(({ groups }) => groups?.['command'] ?? '')
    .flatMap((command) => variantsOf(command.replace(/ [|] .*$/, '').trim()));
}

/** `audit head|verify|export` names three. */
function variantsOf(command: string): readonly string[] {
  const [, several] = / (?<several>[a-z]+(?:\|[a-z]+)+)(?= |$)/.exec(command) ?? [];
  return several === undefined ? [command] : several.split('|').map((one) => command.replace(several, one));
}

async function assertExists(command: string): Promise<void> {
  const [, ...words] = command.split(/\s+/);
  const path: string[] = [];
  let help = await helpOf(path);
  for (const word of words) {
    const commands = /^Commands:\n(?<list>(?: .*\n?)*)/m.exec(help)?.groups?.['list'] ?? '';
    if (commands === '') break;
    // "btcfed signer" alone names a group.
    if (!/^[a-z]+$/.test(word)) break;
    assert.match(commands, new RegExp(`^ +${word}\\b`, 'm'), `${command}: there is no ${word}`);
    path.push(word);
    help = await helpOf(path);
  }
  for (const option of words.filter((each) => /^--[a-z]/.test(each))) {
    const [name = ''] = option.split('=');
    assert.match(help, new RegExp(`${name}\\b`), `${command}: no ${name} in the help of ${path.join(' ')}`);
  }
}

async function helpOf(path: readonly string[]): Promise<string> {
  const { out } = await runCommandLine(...path, '--help');
  return out;
}
