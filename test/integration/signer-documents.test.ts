import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { SIGNER_DOCUMENTS, signerDocument } from '#test/support/signer/document-commands.ts';
import { blocksOf, NO_OPENSSL, runDrill } from '#test/support/signer/document-drill.ts';

/** The other operators, of whom the ceremony needs the files of step 4. */
const OTHERS = `
for each in a b c; do
  btcfed init --home other-$each --name $each --announce /dns4/$each.example/tcp/9000
  cp other-$each/member.json member-$each.json
done
btcfed genesis --chain-id drill --member member-a.json member-b.json member-c.json home/member.json --out genesis.json
`;

// Documents with dozens of commands more are run by test/long/signer-documents.ts.
test('the key ceremony can be held as it is written', { skip: NO_OPENSSL }, () => {
  const blocks = blocksOf('key-ceremony.md');
  assert.equal(blocks.length, 5);
  runDrill('key-ceremony.md', blocks.toSpliced(4, 0, OTHERS));
});

test('the certificates of a host of its own are made as it is written', () => {
  const blocks = blocksOf('isolated-host.md');
  assert.equal(blocks.length, 1);
  runDrill('isolated-host.md', [...blocks, 'test -f ca.pem; test -f signer.key; test -f consensus.pem']);
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

/** Commands in spans of code, and as lines of blocks; the text behind a pipe, a redirection or a note is ignored. */
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
