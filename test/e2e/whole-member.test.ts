import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FederationClient } from '#libs/client/client.ts';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { until } from '#test/support/within.ts';
import { tellOneMember } from './finality/lone-transaction.ts';
import { renewCertificates } from './renewed-certificates.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const MEMBERS = 4;

interface Line {
  readonly service: string;
  readonly message: string;
  readonly peer_id?: string;
  readonly height?: string;
  readonly digest?: string;
}

function logOf({ facts }: RunningMember): readonly Line[] {
  const { path } = facts.log.file ?? assert.fail('members write a log');
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

async function makeFinal(client: FederationClient, text: string): Promise<bigint> {
  const { hash } = await client.submit(Buffer.from(text));
  return (await client.wait(hash, { deadlineMs: FINAL_MS })).height;
}

describe('a federation of whole members', () => {
  let federation: LocalMembers;
  before(async () => {
    federation = await LocalMembers.start({ members: MEMBERS });
  });
  after(() => federation?.[Symbol.asyncDispose]());

  test('HS-67 A5-14 E2E-12 one log of each member tells of its start, its peers and every final block, of all its services', async () => {
    const [first] = federation.members;
    assert.ok(first !== undefined);
    const height = await makeFinal(first.client, 'told everywhere');
    const { digest } = await first.client.getHeader(height);
    for (const { facts } of federation.members) {
      const { conf, peers, genesis, signerFolder, consensusFolder } = facts.paths;
      const log = facts.log.file?.path ?? assert.fail('members write a log');
      // The stores of a member: configuration, members, keys, blocks with certificates and transactions, log.
      for (const store of [conf, peers, genesis, signerFolder, join(consensusFolder, 'chain.db'), log]) {
        assert.ok(statSync(store).size > 0, store);
      }
    }
    for (const member of federation.members) {
      const final = (lines: readonly Line[]) =>
        lines.find((line) => line.message === 'block final' && line.height === String(height));
      await until('the block in the log', () => final(logOf(member)) !== undefined, FINAL_MS);
      const log = logOf(member);
      assert.equal(final(log)?.digest, digest);
      assert.deepEqual([...new Set(log.map(({ service }) => service))].sort(), [
        'config',
        'consensus',
        'gateway',
        'signer',
      ]);
      assert.ok(log.some(({ message }) => message === 'Node started successfully'));
      const met = log.filter(
        ({ message }) => message === 'NetworkManager: Successfully established connection with peer',
      );
      assert.equal(new Set(met.map(({ peer_id }) => peer_id)).size, MEMBERS - 1);
    }
  });

  test('E2E-14 the chain grows over many rounds alike everywhere, and refusals leave it as it was', async () => {
    const clients = federation.members.map(({ client }) => client);
    const [first] = clients;
    assert.ok(first !== undefined);
    for (let round = 0; round < 2 * MEMBERS; round++) {
      const client = clients[round % MEMBERS]!;
      await assert.rejects(client.submit(new Uint8Array()), /INVALID_ARGUMENT/);
      await makeFinal(client, `round ${round}`);
    }
    const height = (await first.getHeader('latest')).header.height;
    assert.ok(height >= 3n);
    for (const client of clients.slice(1)) {
      await until(
        'the same height everywhere',
        async () => (await client.getHeader('latest')).header.height >= height,
        FINAL_MS,
      );
      for (let at = 0n; at <= height; at++) {
        assert.deepEqual((await client.getHeader(at)).digest, (await first.getHeader(at)).digest);
      }
    }
  });

  test('a member whose signer and consensus get certificates of another authority goes on voting without a restart', () =>
    renewCertificates(federation));

  test('F-22: a transaction that its giver told one member alone becomes final everywhere after the giver is gone, which leads', () =>
    tellOneMember(federation));

  // The last: it stops them.
  test('HS-49 E2E-14 when it is stopped, nothing of any service stays behind', async () => {
    const services = federation.members.flatMap((_, member) =>
      SERVICE_NAMES.map((name) => ({ member, name })),
    );
    const pids = services.map(
      ({ member, name }) => federation.pidOf(member, name) ?? assert.fail(`${name} does not run`),
    );
    await federation[Symbol.asyncDispose]();
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
});
