import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { toDigest } from '#libs/chain/ids.ts';
import { HttpsClient } from '#libs/http/https-client.ts';
import { ownCertificate } from '#libs/http/own-certificate.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { runBtcfed } from '#test/support/federation/operator.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const CALL_MS = 60_000;

async function decide({ client }: RunningMember, text: string): Promise<bigint> {
  const { hash } = await client.submit(Buffer.from(text));
  return (await client.wait(hash, { deadlineMs: FINAL_MS })).height;
}

/** A pattern for this very text. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

describe('a chain whose members reach each other by HTTP and JSON', () => {
  let federation: LocalMembers;
  let members: LocalMembers['members'];
  before(async () => {
    federation = await LocalMembers.start({ members: 4, protocol: 'pbft', transport: 'http-json' });
    members = federation.members;
  });
  after(() => federation?.[Symbol.asyncDispose]());

  /** The consensus of a member, called by somebody with a key of no member. */
  function caller(index: number): HttpsClient {
    const { facts } = members[index] ?? assert.fail();
    const known = readGenesis(facts.paths.genesis).members[index] ?? assert.fail();
    return new HttpsClient({
      ...{ host: '127.0.0.1', port: portOf(index), serverKey: known.gatewayPublicKey },
      certificate: ownCertificate(randomBytes(32), 'stranger'),
      connectionsMax: 1,
    });
  }

  function portOf(index: number): number {
    const { facts } = members[index] ?? assert.fail();
    // The client API is one behind the place where others reach the member.
    return Number(facts.clientAddress.split(':').at(-1)) - 1;
  }

  test('TW-2.5.1 decides without a gateway, goes on without a member, and takes it back', async () => {
    assert.throws(() => federation.pidOf(0, 'gateway'), /no gateway/);
    assert.equal(await decide(members[0] ?? assert.fail(), 'first'), 1n);
    await federation.stop(3, 'consensus');
    for (const height of [2n, 3n, 4n])
      assert.equal(await decide(members[0] ?? assert.fail(), `at ${height}`), height);
    await federation.restart(3, 'consensus');
    assert.ok((await decide(members[3] ?? assert.fail(), 'back again')) >= 5n);
    const headers = await Promise.all(members.map(({ client }) => client.getHeader(4n)));
    assert.equal(new Set(headers.map(({ digest }) => digest)).size, 1);
  });

  test('TW-2.4.8 TW-2.4.9 tells the height and the digest of its newest block to whoever asks', async () => {
    const client = caller(1);
    try {
      const asked = async (path: string): Promise<unknown> =>
        JSON.parse((await client.post(path, '{}', CALL_MS)).text);
      const { chainLength } = (await asked('/GetBlockChainLength')) as { chainLength: number };
      const { lastHash } = (await asked('/BlockChainLastHash')) as { lastHash: string };
      const { client: api } = members[1] ?? assert.fail();
      assert.equal(BigInt(chainLength), (await api.status()).header?.finalHeight);
      assert.equal(lastHash, (await api.getHeader(BigInt(chainLength))).digest);
    } finally {
      client.close();
    }
  });

  test('answers each command of TINYWEB.md as it says there', async () => {
    const page = readFileSync(new URL('../../services/consensus/TINYWEB.md', import.meta.url), 'utf8');
    const typed = [...page.matchAll(/^\$ (curl .*)\n(.*)$/gm)];
    assert.equal(typed.length, 9);
    for (const [, command = '', answer = ''] of typed) {
      const { stdout } = spawnSync('sh', ['-c', command.replaceAll(':7100/', `:${portOf(0)}/`)], {
        encoding: 'utf8',
        timeout: CALL_MS,
      });
      const expected = answer.split('…').map(literal).join('[^]*');
      const isWhole = !answer.endsWith('…');
      assert.match(stdout, new RegExp(`^${expected}${isWhole ? '$' : ''}`), command);
      const { response, hash } = JSON.parse(stdout) as { response?: unknown; hash?: string };
      if (response === 'PENDING' && hash !== undefined)
        await (members[0] ?? assert.fail()).client.wait(toDigest(hash), { deadlineMs: FINAL_MS });
    }
  });

  test('refuses the vote of a caller whose key is of no member', async () => {
    const client = caller(2);
    try {
      const vote = JSON.stringify({ chainTag: 'AQIDBAUGBwg=', roundsVote: { kind: 'prepare' } });
      const { status, text } = await client.post('/VerificationVote', vote, CALL_MS);
      assert.equal(status, 401);
      assert.match(text, /is of no member of this chain/);
    } finally {
      client.close();
    }
  });

  test('is told by the tools: nothing is said to be wrong without a gateway', async () => {
    const { facts } = members[0] ?? assert.fail();
    const { home } = facts.paths;
    const { out } = await runBtcfed(['diagnose', '--home', home]);
    const told = JSON.parse(out) as {
      readonly services: { readonly gateway: { readonly kind: string } };
      readonly findings: readonly { readonly code: string }[];
    };
    assert.equal(told.services.gateway.kind, 'not-asked');
    assert.deepEqual(
      told.findings.filter(({ code }) => code === 'gateway-silent' || code === 'members-away'),
      [],
    );
    const { code, notes } = await runBtcfed(['peers', 'list', '--home', home]);
    assert.notEqual(code, 0);
    assert.match(notes, /speak http-json, so no gateway runs/);
  });
});
