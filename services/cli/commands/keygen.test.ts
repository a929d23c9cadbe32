import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runProgram } from '../program.ts';

/** A key pair of test/requirements/texts.md 2.4: the public half and its peer id. */
const PUBLIC = 'FgDvT95IAPVReQrat0gd6qsgtTQlD6yXN0N8PjKjTGk=';
const PEER_ID = '12D3KooWBJFxvDx3UFEXK3rTkqXsPo9yFPMf9HVbH255C6Ssqhpc';

async function keygen(args: readonly string[], input = '') {
  const [out, notes]: [string[], string[]] = [[], []];
  const code = await runProgram(['keygen', ...args], {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root: '/nowhere',
    node: process.execPath,
    readInput: async () => Buffer.from(input),
    interruption: () => assert.fail('started something'),
    sinceStartMs: () => 0,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

describe('btcfed keygen', () => {
  test('P2P-52 prints a fresh pair in the promised lines, two spaces before the public key', async () => {
    const first = await keygen([]);
    assert.equal(first.code, 0);
    const lines = /^Private Key: (\S{88})\nPublic Key: {2}(\S{44})$/.exec(first.out);
    const [privateKey = '', publicKey = ''] = lines?.slice(1) ?? [];
    assert.equal(Buffer.from(privateKey, 'base64').subarray(32).toString('base64'), publicKey);
    assert.notEqual((await keygen([])).out, first.out);
    for (const option of ['-private', '--private']) {
      assert.deepEqual(await keygen([option, privateKey]), {
        code: 0,
        out: `Public Key: ${publicKey}`,
        notes: '',
      });
    }
    assert.equal((await keygen([`-private=${privateKey}`])).out, `Public Key: ${publicKey}`);
    assert.equal((await keygen(['--private', '-'], `${privateKey}\n`)).out, `Public Key: ${publicKey}`);
  });

  test('test/requirements/contradictions.md row 20: accepts halves that disagree, and says so', async () => {
    const odd = Buffer.concat([Buffer.alloc(32, 1), Buffer.from(PUBLIC, 'base64')]).toString('base64');
    const { code, out, notes } = await keygen(['-private', odd, '--json']);
    assert.deepEqual([code, JSON.parse(out)], [0, { publicKey: PUBLIC, peerId: PEER_ID }]);
    assert.match(notes, /halves of this key do not belong together/);
  });

  for (const [key, problem] of [
    ['!', 'private key must be valid base64: character 1 is none of base64'],
    ['AAAA', 'private key must be 64 bytes, got 3'],
    ['', 'private key must be 64 bytes, got 0'],
  ] as const) {
    test(`ends with exit code 1 for the key ${JSON.stringify(key)}`, async () => {
      assert.deepEqual(await keygen(['-private', key]), { code: 1, out: '', notes: `btcfed: ${problem}` });
    });
  }

  for (const option of ['-help', '--help', '-h']) {
    test(`prints how it is used for ${option}`, async () => {
      const { code, out } = await keygen([option]);
      assert.equal(code, 0);
      assert.match(out, /Usage: btcfed keygen \[options\]/);
    });
  }
});
