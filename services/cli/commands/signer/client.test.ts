import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-clients-'));
after(() => rmSync(base, { recursive: true, force: true }));

const [A, B, C] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)];
let file = '';
beforeEach(() => {
  file = join(mkdtempSync(join(base, 't-')), 'clients.json');
});

const run = (...args: readonly string[]) => runCommandLine('signer', 'client', ...args, '--file', file);

async function clientsAfter(...args: readonly string[]) {
  const { code, out, notes } = await run(...args, '--json');
  assert.equal(code, 0, notes);
  return JSON.parse(out).clients;
}

async function assertRefused(reason: RegExp, ...args: readonly string[]): Promise<void> {
  const { code, notes } = await run(...args);
  assert.deepEqual([code, notes.trim().split('\n').length], [1, 1], notes);
  assert.match(notes, reason);
}

describe('btcfed signer client', () => {
  test('lets a client in by its key, for what consensus asks for or for what is named, and lists it', async () => {
    await clientsAfter('add', 'consensus', '--pin', A);
    const clients = await clientsAfter('add', 'monitor', '--pin', B, '--operations', 'describe');
    assert.deepEqual(
      clients.map(({ name, pins, grants }: { name: string; pins: string[]; grants: unknown[] }) => {
        return [name, pins, grants.length];
      }),
      [
        ['consensus', [A], 17],
        ['monitor', [B], 1],
      ],
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match((await run('list')).out, /^ {2}sign pre-commit +hotstuff {2}32\/s, 32 at once$/m);
  });

  test('keeps consensus in when the first client of a matrix is another, or asks for its certificate', async () => {
    await assertRefused(
      /no client matrix yet.*first "btcfed signer client add consensus"/,
      'add',
      'operator',
      '--pin',
      A,
      '--operations',
      'membership',
    );
    const home = mkdtempSync(join(base, 'home-'));
    for (const folder of ['tls', 'signer']) mkdirSync(join(home, folder));
    writeFileSync(join(home, 'conf.yaml'), '');
    const ca = join(home, 'ca');
    await runCommandLine('pki', 'init', '--ca', ca, '--name', 'member');
    const issue = ['issue', '--ca', ca, '--name', 'consensus', '--usage', 'client'] as const;
    await runCommandLine('pki', ...issue, '--out', join(home, 'tls', 'it'));
    renameSync(join(home, 'tls', 'it.pem'), join(home, 'tls', 'consensus.crt'));
    const add = ['add', 'operator', '--home', home, '--pin', A, '--operations', 'membership'] as const;
    const { code, out, notes } = await runCommandLine('signer', 'client', ...add, '--json');
    assert.equal(code, 0, notes);
    const clients: { name: string; pins: string[]; grants: unknown[] }[] = JSON.parse(out).clients;
    const shown = clients.map(({ name, pins, grants }) => [name, pins.length, grants.length]);
    assert.deepEqual(shown, [
      ['consensus', 1, 17],
      ['operator', 1, 1],
    ]);
    assert.match(notes, /consensus is let in too, by .*tls\/consensus\.crt/);
  });

  test('changes a key by way of two', async () => {
    await clientsAfter('add', 'consensus', '--pin', A);
    assert.deepEqual((await clientsAfter('add', 'consensus', '--pin', B))[0].pins, [A, B]);
    await assertRefused(/2 keys already/, 'add', 'consensus', '--pin', C);
    assert.deepEqual((await clientsAfter('remove', 'consensus', '--pin', A))[0].pins, [B]);
    assert.deepEqual(await clientsAfter('remove', 'consensus', '--pin', B), []);
    assert.equal((await run('list')).out.trim(), 'nobody');
  });

  test('does not say "nobody" of a signer without a matrix, and refuses a folder that is none', async () => {
    const none = await run('list');
    assert.deepEqual([none.code, none.out], [0, '']);
    assert.match(none.notes, /^there is no .*clients\.json: without a matrix the signer lets in/);
    const json = await run('list', '--json');
    assert.deepEqual(JSON.parse(json.out).clients, []);
    assert.match(json.notes, /without a matrix/);
    file = join(file, '..', 'nowhere', 'clients.json');
    await assertRefused(/there is no .*nowhere: --home names the home of a member/, 'list');
    await assertRefused(/there is no .*nowhere: --home names/, 'add', 'consensus', '--pin', A);
  });

  test('takes the key out of a certificate', async () => {
    const ca = join(file, '..', 'ca');
    const out = join(file, '..', 'consensus');
    await runCommandLine('pki', 'init', '--ca', ca, '--name', 'member');
    await runCommandLine(
      'pki',
      'issue',
      '--ca',
      ca,
      '--name',
      'consensus',
      '--usage',
      'client',
      '--out',
      out,
    );
    const { pin } = JSON.parse((await runCommandLine('pki', 'show', `${out}.pem`, '--json')).out);
    assert.deepEqual((await clientsAfter('add', 'consensus', '--cert', `${out}.pem`))[0].pins, [pin]);
  });

  test('refuses what makes no sense, and says which option it is', async () => {
    await clientsAfter('add', 'consensus', '--pin', A);
    for (const [reason, ...args] of [
      [/one of --cert and --pin/, 'add', 'x'],
      [/--pin: expected SHA-256/, 'add', 'x', '--pin', 'XY'],
      [/a pin stands there twice/, 'add', 'x', '--pin', A],
      [/there is no everything; one of describe/, 'add', 'x', '--pin', B, '--operations', 'everything'],
      [/is there already/, 'add', 'consensus', '--pin', B, '--operations', 'describe'],
      [/no client nobody/, 'remove', 'nobody'],
      [/has no key/, 'remove', 'consensus', '--pin', C],
    ] as const) {
      await assertRefused(reason, ...args);
    }
    assert.equal((await clientsAfter('list')).length, 1);
  });

  for (const [name, text, reason] of [
    ['an unknown field', '{ "version": 1, "clients": [], "more": 1 }', /more/],
    [
      'a client without a key',
      '{ "version": 1, "clients": [{ "name": "x", "pins": [], "allow": [] }] }',
      /pins/,
    ],
    [
      'three keys',
      JSON.stringify({ version: 1, clients: [{ name: 'x', pins: [A, B, C], allow: [] }] }),
      /pins/,
    ],
    [
      'a vote without a phase',
      JSON.stringify({
        version: 1,
        clients: [
          {
            name: 'x',
            pins: [A],
            allow: [{ operation: 'vote', protocol: 'hotstuff', burst: 1, per_second: 1 }],
          },
        ],
      }),
      /a vote has a phase/,
    ],
    ['another version', '{ "version": 2, "clients": [] }', /version/],
    ['no JSON', '{', /not JSON/],
  ] as const) {
    test(`refuses a matrix with ${name}, and leaves it as it is`, async () => {
      writeFileSync(file, text);
      await assertRefused(reason, 'list');
      await assertRefused(reason, 'add', 'y', '--pin', B);
    });
  }
});
