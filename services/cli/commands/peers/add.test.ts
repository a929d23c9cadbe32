import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { defaultConfYaml } from '#libs/settings/conf-text.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { memberFileText } from '#services/launcher/adapters/member-file.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { runProgram } from '../../program.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-peers-'));
after(() => rmSync(base, { recursive: true, force: true }));

const identity = (seed: number): IdentityKey => IdentityKey.fromSeed(new Uint8Array(32).fill(seed));
const textKey = (seed: number): string => encodeBase64(identity(seed).publicKey);

/** A person's peers.yaml: comments, quotes and a bad entry. */
const MINE = `# mine
peers:
    # the old friend
    - public_key: "${textKey(2)}"
      addresses: [/ip4/192.0.2.2/tcp/9000] # at home
    - public_key: abc
      addresses: [/ip4/192.0.2.3/tcp/9000]
`;

function homeWith(peers?: string): string {
  const home = mkdtempSync(join(base, 'h-'));
  writeFileSync(join(home, 'conf.yaml'), defaultConfYaml(identity(1).secretBase64()), { mode: 0o600 });
  if (peers !== undefined) writeFileSync(join(home, 'peers.yaml'), peers);
  return home;
}

function memberJson(home: string, seed: number, addresses: readonly string[]): string {
  const file = join(home, 'erin.json');
  const facts = { name: 'erin', scheme: 'slh-dsa-sha2-128f', consensusPublicKey: new Uint8Array(32).fill(7) };
  writeFileSync(file, memberFileText({ ...facts, gatewayPublicKey: identity(seed).publicKey, addresses }));
  return file;
}

async function add(home: string, file: string, ...args: readonly string[]) {
  const [out, notes]: [string[], string[]] = [[], []];
  const code = await runProgram(['peers', 'add', file, '--home', home, ...args], {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root: '/nowhere',
    node: process.execPath,
    readInput: async () => new Uint8Array(),
    interruption: () => assert.fail('starts nothing'),
    sinceStartMs: () => 0,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

const peersOf = (home: string): string => readFileSync(join(home, 'peers.yaml'), 'utf8');

test('F-49: the README goes from four members to five, by commands and options that there are', async () => {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
  const [, block = ''] = /^A fifth member [\s\S]*?```\n([\s\S]*?)```/m.exec(readme) ?? [];
  const lines = block.trim().split('\n');
  const said = lines.map((line) => line.split(' ').slice(2, 4).join(' '));
  assert.deepEqual(said, ['peers add', 'members propose', 'members approve']);
  for (const line of lines) {
    const [npx, tool, ...words] = line.split(' ');
    assert.deepEqual([npx, tool], ['npx', 'btcfed']);
    const { code, out } = await runCommandLine(...words.slice(0, 2), '--help');
    assert.equal(code, 0);
    for (const option of words.filter((word) => word.startsWith('--'))) assert.ok(out.includes(option), line);
  }
});

describe('btcfed peers add', () => {
  test('F-49: adds the member of a member.json, and what a person wrote stays', async () => {
    const home = homeWith(MINE);
    const file = memberJson(home, 5, ['/dns4/erin.example/tcp/9000']);
    const { code, out } = await add(home, file);
    assert.deepEqual([code, out], [0, `added ${identity(5).peerId} at /dns4/erin.example/tcp/9000`]);
    const text = peersOf(home);
    for (const own of [
      '# mine',
      '# the old friend',
      `"${textKey(2)}"`,
      '# at home',
      'public_key: abc',
      textKey(5),
    ]) {
      assert.ok(text.includes(own), own);
    }
    assert.deepEqual(
      readdirSync(home).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  test('F-49: makes a peers.yaml where there is none, and says with --json what it added', async () => {
    const home = homeWith();
    const answer = await add(home, memberJson(home, 5, ['/ip4/192.0.2.5/tcp/9000']), '--json');
    assert.equal(answer.code, 0);
    assert.deepEqual(JSON.parse(answer.out), {
      file: join(home, 'peers.yaml'),
      peers: [
        {
          change: 'added',
          peerId: identity(5).peerId,
          publicKey: textKey(5),
          addresses: ['/ip4/192.0.2.5/tcp/9000'],
        },
      ],
    });
    assert.ok(peersOf(home).includes(textKey(5)));
  });

  test('F-49: adds all peers of a peers.yaml, moves one that is known, and says which is there already', async () => {
    const home = homeWith(MINE);
    const file = join(home, 'theirs.yaml');
    const entry = (seed: number, address: string) =>
      `  - public_key: ${textKey(seed)}\n    addresses: [${address}]\n`;
    writeFileSync(
      file,
      `peers:\n${entry(2, '/ip4/192.0.2.22/tcp/9000')}${entry(6, '/ip4/192.0.2.6/tcp/9000')}`,
    );
    const { code, out } = await add(home, file);
    const lines = [
      `moved ${identity(2).peerId} to /ip4/192.0.2.22/tcp/9000`,
      `added ${identity(6).peerId} at /ip4/192.0.2.6/tcp/9000`,
    ];
    assert.deepEqual([code, out], [0, lines.join('\n')]);
    assert.ok(peersOf(home).includes('192.0.2.22') && !peersOf(home).includes('192.0.2.2/'));
    const text = peersOf(home);
    assert.match((await add(home, file)).out, /is there already at .*\n.*is there already at /);
    assert.equal(peersOf(home), text);
  });

  for (const [name, content, sentence] of [
    ['no list', 'text\n', /\/bad, line 1, column 1: the file is one value; write sections/],
    ['no peers', 'peers: []\n', /\/bad: no peers in it: give a member\.json/],
    [
      'one bad entry among good ones',
      `peers:\n  - public_key: ${textKey(6)}\n    addresses: [/ip4/192.0.2.6/tcp/9000]\n  - public_key: abc\n`,
      /\/bad: invalid public key at index 1: .* \(line 4; copy it from .*\); nothing was added/,
    ],
    ['an object that is no member.json', '{}', /\/bad: name: /],
  ] as const) {
    test(`F-49: refuses ${name} with file, place and cure, and peers.yaml stays`, async () => {
      const home = homeWith(MINE);
      const file = join(home, 'bad');
      writeFileSync(file, content);
      const { code, out, notes } = await add(home, file);
      assert.deepEqual([code, out], [1, '']);
      assert.match(notes, sentence);
      assert.equal(peersOf(home), MINE);
    });
  }

  test('F-49: refuses the own member, one without addresses, a file that is not there and a broken peers.yaml', async () => {
    const home = homeWith(MINE);
    assert.match(
      (await add(home, memberJson(home, 1, ['/ip4/192.0.2.1/tcp/9000']))).notes,
      /the member of this home itself/,
    );
    assert.match(
      (await add(home, memberJson(home, 5, []))).notes,
      /erin has no addresses: add one to "addresses"/,
    );
    assert.match((await add(home, join(home, 'nobody.json'))).notes, /nobody\.json: there is no such file/);
    assert.equal(peersOf(home), MINE);
    writeFileSync(join(home, 'peers.yaml'), 'peers: 1\n');
    const broken = await add(home, memberJson(home, 5, ['/ip4/192.0.2.5/tcp/9000']));
    assert.match(broken.notes, /peers\.yaml, line 1, column 8: peers is the number 1; write a list/);
    assert.equal(peersOf(home), 'peers: 1\n');
  });
});
