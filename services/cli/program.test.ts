import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { parsePeersYaml } from '#libs/settings/peers-yaml.ts';
import { holdFreePorts } from '#services/launcher/adapters/free-ports.ts';
import { readMemberFile } from '#services/launcher/adapters/member-file.ts';
import { readGenesis, readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { runCommandLine as run } from '#test/support/programs/command-line.ts';
import { refusalCode } from '#test/support/programs/refusal-code.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-program-'));
after(() => rmSync(base, { recursive: true, force: true }));

function folder(): string {
  return mkdtempSync(join(base, 'f-'));
}

/** A refusal that names the option, the value and the cure, as commander words it. */
function refusalOf(option: string, value: string, cure: string): RegExp {
  return new RegExp(`option '(-\\w, )?${option} <[^']*>' argument '${value}' is invalid\\. ${cure}`);
}

const ANNOUNCE = ['--announce', '/ip4/127.0.0.1/tcp/9000'];

const COMMANDS = [
  ['up'],
  ['up', 'list'],
  ['up', 'kill'],
  ['up', 'restart'],
  ['up', 'pause'],
  ['up', 'resume'],
  ['init'],
  ['genesis'],
  ['testnet'],
  ['node'],
  ['doctor'],
  ['debug', 'bundle'],
  ['config', 'validate'],
  ['config', 'show'],
  ['config', 'diff'],
  ['config', 'migrate'],
  ['config', 'reload'],
  ['peers', 'add'],
  ['keygen'],
  ['tx'],
  ['tx', 'submit'],
  ['tx', 'get'],
  ['tx', 'wait'],
  ['block', 'get'],
  ['status'],
  ['top'],
  ['validators'],
  ['evidence', 'list'],
  ['evidence', 'export'],
  ['evidence', 'verify'],
  ['watch'],
  ['signer', 'unlock'],
  ['signer', 'lock'],
  ['signer', 'keygen'],
  ['signer', 'init'],
  ['signer', 'key', 'import'],
  ['signer', 'key', 'export'],
  ['signer', 'key', 'inspect'],
  ['signer', 'rotate', 'prepare'],
  ['signer', 'rotate', 'status'],
  ['signer', 'rotate', 'activate'],
  ['signer', 'rotate', 'abandon'],
  ['signer', 'rotate', 'retire'],
  ['signer', 'backup', 'split'],
  ['signer', 'backup', 'combine'],
  ['signer', 'seal'],
  ['signer', 'unseal'],
  ['signer', 'selftest'],
  ['signer', 'status'],
  ['signer', 'doctor'],
  ['signer', 'state', 'show'],
  ['signer', 'state', 'verify'],
  ['signer', 'state', 'export'],
  ['signer', 'state', 'import'],
  ['signer', 'state', 'quarantine'],
  ['signer', 'state', 'remake'],
  ['signer', 'state', 'approver'],
  ['signer', 'state', 'approve'],
  ['signer', 'state', 'recover'],
  ['signer', 'client', 'add'],
  ['signer', 'client', 'remove'],
  ['signer', 'client', 'list'],
  ['pki', 'init'],
  ['pki', 'issue'],
  ['pki', 'rotate'],
  ['pki', 'show'],
  ['crypto', 'keygen'],
  ['crypto', 'sign'],
  ['crypto', 'verify'],
  ['sim'],
];

test('F-47: says its version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { code, out } = await run('--version');
  assert.deepEqual([code, out.trim()], [0, version]);
});

test('F-47: says its version behind every command too, whatever the command wants, and offers it in the help of btcfed alone', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const command of COMMANDS) {
    const { code, out, notes } = await run(...command, '--version');
    assert.deepEqual([code, out, notes], [0, version, ''], command.join(' '));
    assert.doesNotMatch((await run(...command, '--help')).out, /--version/, command.join(' '));
  }
  assert.match((await run('--help')).out, /--version/);
});

describe('btcfed', () => {
  for (const command of COMMANDS) {
    test(`${command.join(' ')} --help says what it does, on stdout, with exit code 0`, async () => {
      const { code, out, notes } = await run(...command, '--help');
      assert.equal(code, 0);
      assert.equal(notes, '');
      assert.match(out, new RegExp(`^Usage: btcfed ${command.join(' ')}`));
    });
  }

  test('every command that answers can answer in JSON', async () => {
    for (const command of COMMANDS.filter(([name, sub]) => name !== 'tx' || sub !== undefined)) {
      assert.match((await run(...command, '--help')).out, /--json/, command.join(' '));
    }
  });

  test('names every command and exit code in its own help', async () => {
    const { out } = await run('--help');
    for (const [name] of COMMANDS) assert.match(out, new RegExp(`^  ${name}\\b`, 'm'));
    for (const code of [0, 1, 2, 3, 4, 5, 64, 70, 130, 143]) assert.match(out, new RegExp(`\\b${code}\\b`));
  });

  const REFUSALS: readonly (readonly [readonly string[], RegExp])[] = [
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['statsu'], /Did you mean status\?/],
    [['status', '--frob'], /unknown option '--frob'/],
    [['testnet'], /required option '--out <dir>' not specified/],
    [['testnet', '--out', 'x', '--members', '3'], /3 members are too few: .*; take 4 to 512 members/],
    [['testnet', '--out', 'x', '--members', '0'], /Expected a whole number from 1 to 512/],
    [['testnet', '--out', 'x', '--members', '513'], /Expected a whole number from 1 to 512/],
    [['testnet', '--out', 'x', '--members', '4.5'], /Expected a whole number/],
    [
      ['testnet', '--out', 'x', '--vote-path', 'some'],
      refusalOf('--vote-path', 'some', 'Expected leader or all'),
    ],
    [['up', '--vote-path', '1'], refusalOf('--vote-path', '1', 'Expected leader or all')],
    [['up', '--scheme', 'rsa'], refusalOf('--scheme', 'rsa', 'Expected one of slh-dsa-sha2-128s')],
    [['up', '--submit', '30'], refusalOf('--submit', '30', 'Expected a file: there is no such file')],
    [['up', '--submit', '/etc'], refusalOf('--submit', '/etc', 'Expected a file: it is a folder')],
    [['up', '--submit', '/etc/passwd'], /--submit \/etc\/passwd is not JSON/],
    [['up', '--in-flight', '0'], refusalOf('--in-flight', '0', 'Expected a whole number from 1 to 4000')],
    [['up', '--base-port', 'x'], refusalOf('--base-port', 'x', 'Expected a whole number from 1 to 65535')],
    [['testnet', '--out', '/etc'], refusalOf('--out', '/etc', 'It is not empty')],
    [['init', '--home', '/etc', '--name', 'eve', ...ANNOUNCE], /--home \/etc is not empty; .* name a new/],
    [['init', '--home', 'x', '--genesis', '30'], refusalOf('--genesis', '30', 'Expected a file')],
    [['init', '--home', 'x', '--member', '30'], refusalOf('--member', '30', 'Expected a file')],
    [
      ['init', '--home', 'x', '--client-address', '30'],
      refusalOf('--client-address', '30', 'Expected host:port'),
    ],
    [
      ['init', '--home', 'x', '--signer-address', '30'],
      refusalOf('--signer-address', '30', 'Expected host:port'),
    ],
    [['init', '--home', 'x', '--scheme', '30'], refusalOf('--scheme', '30', 'Expected one of')],
    [
      ['init', '--home', 'x', '--passphrase-file', '30'],
      refusalOf('--passphrase-file', '30', 'Expected a file'),
    ],
    [['init', '--home', 'x', '--passphrase-fd', '63'], refusalOf('--passphrase-fd', '63', 'No descriptor')],
    [['genesis', '--member', '30', '--out', 'x'], refusalOf('--member', '30', 'Expected a file')],
    [
      ['genesis', '--member', 'package.json', '--out', '/etc/passwd'],
      refusalOf('--out', '/etc/passwd', 'It exists'),
    ],
    [
      ['genesis', '--member', 'package.json', '--out', '/no/x'],
      refusalOf('--out', '/no/x', 'There is no folder /no:'),
    ],
    [['sim', '--scenario', '30'], refusalOf('--scenario', '30', 'Expected a file')],
    [
      ['evidence', 'verify', 'package.json', '--genesis', '30'],
      refusalOf('--genesis', '30', 'Expected a file'),
    ],
    [
      ['signer', 'rotate', 'status', '--home', 'x', '--address', '30'],
      refusalOf('--address', '30', 'Expected host:port'),
    ],
    [['members', 'propose', '--home', 'x', '--join', '30'], refusalOf('--join', '30', 'Expected a file')],
    [
      ['members', 'propose', '--home', 'x', '--weight', '0'],
      refusalOf('--weight', '0', 'Expected a whole number'),
    ],
    [['signer', 'client', 'add', 'x', '--cert', '30'], refusalOf('--cert', '30', 'Expected a file')],
    [['tx', 'get', 'ab'], /"ab" is no hash: a transaction hash has 64 hex digits/],
    [['tx', 'submit', '--hex', '0x12'], /--hex needs pairs of hex digits without 0x/],
    [['tx', 'submit'], /the transaction is empty/],
    [['tx', 'submit', '--file', '30'], refusalOf('--file', '30', 'Expected a file')],
    [['tx', 'submit', '--hex', '00', '--file', 'package.json'], /cannot be used with/],
    [['block', 'get', '-1'], /a height is a whole number/],
    [['block', 'get', 'seven'], /"seven" is no height: a height is a whole number, or "latest"/],
    [['status', '--tls-cert', 'package.json'], /TLS needs --tls-ca/],
    [['status', '--address', 'localhost'], refusalOf('--address', 'localhost', 'Expected host:port')],
    [['status', '--address', 'x:1', '--home', 'x'], /--address and --home both name a member/],
    [['block', 'get', '--verify', '30'], refusalOf('--verify', '30', 'Expected a file')],
    [
      ['status', '--tls-ca', 'package.json', '--tls-cert', 'package.json'],
      /needs both --tls-cert and --tls-key/,
    ],
    [['status', '--tls-ca', '30'], refusalOf('--tls-ca', '30', 'Expected a file')],
    [['init', '--home', 'x', '--name', 'Eve!'], /--name "Eve!": expected 1 to 32 of a-z/],
    [
      ['init', '--home', 'x', '--name', 'eve', '--listen', 'localhost:1'],
      /--listen localhost:1: .*multiaddr must start with '\/'/,
    ],
    [['init', '--home', 'x', '--name', 'eve', '--announce', '/ip4/x'], /--announce: invalid multiaddress/],
    [['init', '--home', 'x', '--name', 'eve'], /--announce must say where others reach this member/],
    [['init', '--home', 'x', '--name', 'eve', '--listen', '/ip4/127.0.0.1/tcp/0'], /--announce must say/],
    [['bench'], /unknown command 'bench'/],
  ];

  for (const [args, sentence] of REFUSALS) {
    test(`refuses "${args.join(' ')}" in one sentence`, async () => {
      const { code, out, notes } = await run(...args);
      assert.equal(code, refusalCode(notes));
      assert.equal(out, '');
      assert.match(notes, sentence);
      assert.match(notes, /^btcfed: [^\n]+$/);
    });
  }

  for (const command of COMMANDS) {
    test(`F-48 "${command.join(' ')}" tells a wrong option by exit code 64, in JSON too`, async () => {
      const { code, out, notes } = await run(...command, '--json', '--frobnicate');
      assert.equal(code, 64);
      const { error } = JSON.parse(out);
      assert.equal(error.code, 'CLI_USAGE');
      assert.ok(notes.startsWith(`btcfed: ${error.message} (see "btcfed`), notes);
    });
  }

  test('F-48 a refusal is not a wrong command line, and is told in JSON too', async () => {
    const { code, out, notes } = await run('testnet', '--out', 'x', '--members', '3', '--json');
    assert.equal(code, 1);
    const { error } = JSON.parse(out);
    assert.deepEqual([error.code, notes], ['CLI_INVALID_INPUT', `btcfed: ${error.message}`]);
  });

  test('has exit code 3 when nobody answers', async () => {
    const { code, notes } = await run('status', '--address', '127.0.0.1:1');
    assert.equal(code, 3);
    assert.match(notes, /^btcfed: no member answers at 127\.0\.0\.1:1: start one with "npm start"/);
  });

  test('names the home that is to be started', async () => {
    const home = join(folder(), 'm0');
    const init = ['init', '--home', home, '--name', 'm0', '--announce', '/ip4/127.0.0.1/tcp/9000'];
    await run(...init, '--client-address', '127.0.0.1:1');
    const { code, notes } = await run('status', '--home', home);
    assert.equal(code, 3);
    assert.ok(notes.includes(`start it with "btcfed node --home ${home}"`), notes);
  });
});

async function filesBelow(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('btcfed testnet', () => {
  test('writes homes that the services accept, and nothing that others may read', async () => {
    const out = join(folder(), 'federation');
    const { code, out: text } = await run(
      'testnet',
      '--members',
      '5',
      '--out',
      out,
      '--chain-id',
      'spring',
      '--json',
    );
    assert.equal(code, 0);
    const answer: { members: { clientAddress: string }[]; quorum: number; chainDigest: string } =
      JSON.parse(text);
    assert.equal(answer.quorum, 4);

    const homes = Array.from({ length: 5 }, (_, index) => readMemberHome(join(out, `m${index}`), {}));
    assert.deepEqual(
      homes.map(({ facts, index }) => [facts.name, index]),
      [
        ['m0', 0],
        ['m1', 1],
        ['m2', 2],
        ['m3', 3],
        ['m4', 4],
      ],
    );
    assert.deepEqual(
      answer.members.map(({ clientAddress }) => clientAddress),
      homes.map(({ facts }) => facts.clientAddress),
    );
    for (const { facts, genesis } of homes) {
      assert.equal(genesisDigest(genesis), answer.chainDigest);
      assert.equal(facts.chainId, 'spring');
      const { peers, rejected } = parsePeersYaml(readFileSync(facts.paths.peers, 'utf8'));
      assert.deepEqual([peers.length, rejected.length], [4, 0]);
    }
    const joining = join(folder(), 'erin');
    const place = ['--home', joining, '--name', 'erin', ...ANNOUNCE];
    assert.equal((await run('init', ...place)).code, 0);
    const members = homes.map(({ facts }) => facts.paths.memberFile);
    const { genesis } = memberPaths(join(out, 'm0'));
    const joined = await run(
      'init',
      '--home',
      joining,
      '--genesis',
      genesis,
      '--join',
      '--member',
      ...members,
    );
    assert.equal(joined.code, 0, joined.notes);
    assert.match(joined.out, /knows 5 peers/);
    for (const file of await filesBelow(out)) assert.equal(statSync(file).mode & 0o777, 0o600, file);
    assert.equal(statSync(join(out, 'm0')).mode & 0o777, 0o700);
  });

  test('says in the genesis that votes go to all, where it is asked for; without it four members have them go to the leader', async () => {
    for (const [way, said] of [
      [['--vote-path', 'all'], 1],
      [['--vote-path', 'leader'], undefined],
      [[], undefined],
    ] as const) {
      const out = join(folder(), 'federation');
      assert.equal((await run('testnet', '--out', out, ...way)).code, 0);
      const { genesis } = readMemberHome(join(out, 'm0'), {});
      assert.equal(genesis.protocolParameters['vote_path'], said);
    }
  });

  test('refuses a name that no chain can have, and writes nothing', async () => {
    const out = join(folder(), 'federation');
    const { code, notes } = await run('testnet', '--out', out, '--chain-id', 'Main Net');
    assert.equal(code, 1);
    assert.match(notes, /--chain-id "Main Net": expected 1 to 48 of a-z/);
    assert.equal(existsSync(out), false);
  });

  test('names the port that is in use, and writes nothing', async () => {
    const held = await holdFreePorts(1);
    const out = join(folder(), 'federation');
    const { code, notes } = await run('testnet', '--out', out, '--base-port', String(held.ports[0]));
    await held.release();
    assert.equal(code, 1);
    assert.match(notes, new RegExp(`port ${held.ports[0]} cannot be used: it is in use`));
    assert.equal(existsSync(out), false);
  });

  test('never writes over what is there', async () => {
    const out = folder();
    writeFileSync(join(out, 'precious'), '');
    const { code, notes } = await run('testnet', '--out', out);
    assert.equal(code, 64);
    assert.match(notes, /--out <dir>' argument .* It is not empty, and keys are never written over/);
    assert.deepEqual(await readdir(out), ['precious']);
  });

  test('refuses a folder whose sockets would have too long names, before anything is written', async () => {
    const out = join(folder(), 'a'.repeat(80));
    const { code, notes } = await run('testnet', '--out', out);
    assert.equal(code, 1);
    assert.match(notes, /is \d+ characters too long for the sockets in it/);
    assert.equal(existsSync(out), false);
  });
});

/** Four operators make their homes; returns the folder of each. */
async function fourOperators(): Promise<readonly string[]> {
  const base = folder();
  const names = ['alice', 'bob', 'carol', 'dave'];
  for (const [index, name] of names.entries()) {
    const announce = `/ip4/10.0.0.${index + 1}/tcp/9000`;
    const { code } = await run('init', '--home', join(base, name), '--name', name, '--announce', announce);
    assert.equal(code, 0);
  }
  return names.map((name) => join(base, name));
}

describe('btcfed init and genesis', () => {
  test('bring members that were made apart into one federation', async () => {
    const homes = await fourOperators();
    const members = homes.map((home) => join(home, 'member.json'));
    const out = join(folder(), 'genesis.json');
    assert.equal((await run('genesis', '--chain-id', 'main', '--member', ...members, '--out', out)).code, 0);
    for (const home of homes) {
      const bound = await run('init', '--home', home, '--genesis', out, '--member', ...members, '--json');
      assert.equal(bound.code, 0, bound.notes);
      assert.equal(JSON.parse(bound.out).peers, 3);
      assert.equal(JSON.parse(bound.out).chainDigest, genesisDigest(readGenesis(out)));
    }
    const other = join(folder(), 'genesis.json');
    const toAll = ['genesis', '--vote-path', 'all', '--member', ...members, '--out', other];
    assert.equal((await run(...toAll)).code, 0);
    assert.equal(readGenesis(other).protocolParameters['vote_path'], 1);
    const [first = ''] = homes;
    const { facts, genesis } = readMemberHome(first, {});
    assert.equal(facts.name, 'alice');
    assert.equal(facts.protocol, genesis.protocol);
    assert.equal(genesisDigest(genesis), genesisDigest(readGenesis(out)));
    const { peers } = parsePeersYaml(readFileSync(facts.paths.peers, 'utf8'));
    assert.deepEqual(
      peers.flatMap(({ addresses }) => addresses),
      ['2', '3', '4'].map((n) => `/ip4/10.0.0.${n}/tcp/9000`),
    );

    const again = await run('init', '--home', first, '--genesis', out);
    assert.equal(again.code, 1);
    assert.match(again.notes, /this member has its chain already/);
  });

  test('carry the audit key of each signer, with its proof, into the genesis', async () => {
    const homes = await fourOperators();
    const members = homes.map((home) => join(home, 'member.json'));
    const out = join(folder(), 'genesis.json');
    await run('genesis', '--member', ...members, '--out', out);
    for (const [index, { keys }] of readGenesis(out).members.entries()) {
      assert.equal(keys?.length, 1);
      assert.deepEqual(keys, readMemberFile(members[index] ?? '').keys);
      const pem = readFileSync(join(homes[index] ?? '', 'signer/audit.key'));
      const { x = '' } = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
      assert.equal(
        toHex(keys[0]?.publicKey ?? new Uint8Array()),
        Buffer.from(x, 'base64url').toString('hex'),
      );
    }
  });

  test('refuse an audit key that its member did not prove, or that is not the one of the home', async () => {
    const homes = await fourOperators();
    const [alice = '', ...others] = homes.map((home) => join(home, 'member.json'));
    const whole = readFileSync(alice, 'utf8');
    const keysIn = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8')).keys;
    writeFileSync(alice, JSON.stringify({ ...JSON.parse(whole), keys: keysIn(others[0] ?? '') }));
    const out = join(folder(), 'genesis.json');
    const stolen = await run('genesis', '--member', alice, ...others, '--out', out);
    assert.match(
      stolen.notes,
      /member\.json: the audit key of alice: it did not sign its proof of possession/,
    );
    assert.equal(existsSync(out), false);

    const [namesake = ''] = (await fourOperators()).map((home) => join(home, 'member.json'));
    writeFileSync(alice, JSON.stringify({ ...JSON.parse(whole), keys: keysIn(namesake) }));
    assert.equal((await run('genesis', '--member', alice, ...others, '--out', out)).code, 0);
    writeFileSync(alice, whole);
    const bound = await run('init', '--home', homes[0] ?? '', '--genesis', out, '--member', alice, ...others);
    assert.match(bound.notes, /gives alice another audit key than the one in/);
    assert.equal(existsSync(join(homes[0] ?? '', 'genesis.json')), false);
  });

  test('refuse to bind what is no home, and say how one is made', async () => {
    const home = folder();
    const { code, notes } = await run('init', '--home', home, '--genesis', 'package.json');
    assert.equal(code, 1);
    assert.match(notes, /is no home of a member: make it first, with "btcfed init --home .* --name NAME"/);
  });

  test('refuse a genesis that does not name the member, and leave its key unbound', async () => {
    const homes = await fourOperators();
    const strangers = await fourOperators();
    const out = join(folder(), 'genesis.json');
    await run('genesis', '--member', ...strangers.map((home) => join(home, 'member.json')), '--out', out);
    const [home = ''] = homes;
    const before = readFileSync(join(home, 'signer/signer.key'), 'utf8');
    const { code, notes } = await run('init', '--home', home, '--genesis', out);
    assert.equal(code, 1);
    assert.match(notes, /has no member with the identity of/);
    assert.equal(readFileSync(join(home, 'signer/signer.key'), 'utf8'), before);
    assert.equal(existsSync(join(home, 'genesis.json')), false);
  });

  test('refuse too few members, a file twice and a file that is no member', async () => {
    const [alice = '', bob = '', carol = ''] = (await fourOperators()).map((home) =>
      join(home, 'member.json'),
    );
    const out = join(folder(), 'genesis.json');
    const genesis = (...files: readonly string[]) => run('genesis', '--out', out, '--member', ...files);
    assert.match(
      (await genesis(alice, bob, carol)).notes,
      /3 members are too few: fewer than 4 bear none that fails/,
    );
    assert.match((await genesis(alice, bob, carol, alice)).notes, /members\[3\]\.name: same as members\[0\]/);
    assert.match(
      (await genesis(alice, bob, carol, out)).notes,
      /--member <file\.\.\.>' argument .*genesis\.json' is invalid\. Expected a file: there is no such file/,
    );
    assert.equal(existsSync(out), false);
  });

  test('refuse a place whose folder is not there in one sentence, as any file that the system refuses', async () => {
    const files = (await fourOperators()).map((home) => join(home, 'member.json'));
    const out = join(folder(), 'nowhere', 'genesis.json');
    const { code, notes } = await run('genesis', '--out', out, '--member', ...files);
    assert.equal(code, 64);
    assert.match(
      notes,
      /^btcfed: option '--out <file>' argument '[^']+' is invalid\. There is no folder [^\n]+$/,
    );
  });

  test('announce the address that is listened on, when others can use it', async () => {
    const home = join(folder(), 'eve');
    const listen = ['/ip4/0.0.0.0/tcp/9000', '/ip4/10.0.0.5/tcp/9000'];
    const { code, out } = await run('init', '--home', home, '--name', 'eve', '--listen', ...listen, '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out).member.addresses, ['/ip4/10.0.0.5/tcp/9000']);
  });

  test('refuse to bind a member that would not know all others, and leave its key unbound', async () => {
    const homes = await fourOperators();
    const [alice = '', bob = '', ...rest] = homes.map((home) => join(home, 'member.json'));
    const out = join(folder(), 'genesis.json');
    await run('genesis', '--member', alice, bob, ...rest, '--out', out);
    const [home = ''] = homes;
    const { code, notes } = await run('init', '--home', home, '--genesis', out, '--member', ...rest);
    assert.equal(code, 1);
    assert.match(notes, /--member lacks the member\.json of bob: give the files of all members/);
    assert.equal(existsSync(join(home, 'genesis.json')), false);
    const bound = await run('init', '--home', home, '--genesis', out, '--member', bob, ...rest);
    assert.equal(bound.code, 0, bound.notes);
  });

  test('never make a key in a home that has one', async () => {
    const [home = ''] = await fourOperators();
    const { code, notes } = await run(
      'init',
      '--home',
      home,
      '--name',
      'eve',
      '--announce',
      '/ip4/10.0.0.5/tcp/9',
    );
    assert.equal(code, 1);
    assert.match(notes, /is not empty; keys are never written over/);
  });
});

describe('btcfed init --seal', () => {
  const passphraseFile = join(folder(), 'passphrase');
  writeFileSync(passphraseFile, 'a passphrase of words\n', { mode: 0o600 });
  const init = (home: string, ...args: readonly string[]) =>
    run('init', '--home', home, '--name', 'alice', '--announce', '/ip4/10.0.0.1/tcp/9000', '--json', ...args);

  test('SIG-18 encrypts the key before it is ever written, and binds it with the same passphrase', async () => {
    const [, ...others] = await fourOperators();
    const home = join(folder(), 'alice');
    const sealing = ['--passphrase-file', passphraseFile];
    const made = await init(home, '--seal', ...sealing);
    assert.equal(made.code, 0, made.notes);
    assert.equal(JSON.parse(made.out).sealed, true);
    assert.doesNotMatch(made.notes, /NOT encrypted/);
    const key = () => JSON.parse(readFileSync(join(home, 'signer/signer.key'), 'utf8'));
    assert.deepEqual([typeof key().sealed_key, key().secret_key], ['object', undefined]);
    const members = [home, ...others].map((each) => join(each, 'member.json'));
    const out = join(folder(), 'genesis.json');
    await run('genesis', '--member', ...members, '--out', out);
    const bind = ['init', '--home', home, '--genesis', out, '--member', ...members];
    const { code, notes } = await run(...bind);
    assert.deepEqual([code, /nobody is at the terminal/.test(notes)], [1, true]);
    const bound = await run(...bind, ...sealing);
    assert.equal(bound.code, 0, bound.notes);
    assert.deepEqual([typeof key().sealed_key, typeof key().chain_digest], ['object', 'string']);
  });

  test('says plainly when the key is not encrypted, and makes nothing with a passphrase that is too short', async () => {
    const home = join(folder(), 'alice');
    const short = join(folder(), 'short');
    writeFileSync(short, 'short', { mode: 0o600 });
    const refused = await init(home, '--seal', '--passphrase-file', short);
    assert.equal(refused.code, 1);
    assert.match(refused.notes, /expected 12 to 1024 bytes/);
    assert.equal(existsSync(home), false);
    const plain = await init(home);
    assert.equal(JSON.parse(plain.out).sealed, false);
    assert.match(
      plain.notes,
      /the consensus key is NOT encrypted: .* seal it with: btcfed signer seal --home/,
    );
  });
});
