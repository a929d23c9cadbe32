import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect } from 'nats';
import type { FederationClient } from '#libs/client/client.ts';
import { BlockCommitted } from '#libs/proto/btcfed/event/v1/event.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { NatsServer } from '#test/support/programs/nats-server.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;

/** The outbox tries again at least every 30 s. */
const FACTS_MS = 300_000;

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

/** Resolves once the member has this height; ends by the deadline of the watch's test otherwise. */
async function reaches({ client }: { client: FederationClient }, height: bigint): Promise<void> {
  for await (const { header } of client.watch({
    startHeight: height,
    signal: AbortSignal.timeout(FINAL_MS),
  })) {
    if (header.height >= height) return;
  }
  assert.fail(`height ${height} was not reached`);
}

async function chainOf(client: FederationClient): Promise<readonly string[]> {
  const { header } = await client.status();
  const height = header?.finalHeight ?? 0n;
  const chain: string[] = [];
  for (let at = 0n; at <= height; at++) {
    const {
      digest,
      header: { stateRoot },
    } = await client.getHeader(at);
    chain.push(`${digest} ${stateRoot}`);
  }
  return chain;
}

/** Heights of the facts `block.committed`, by member, in the order in which the stream stored them. */
async function factsIn(url: string): Promise<ReadonlyMap<string, readonly bigint[]>> {
  const connection = await connect({ servers: url });
  await using _ = { [Symbol.asyncDispose]: () => connection.close() };
  const heights = new Map<string, bigint[]>();
  const consumer = await connection.jetstream().consumers.get('BTCFED_FACTS', {
    filterSubjects: 'btcfed.*.*.consensus.block.committed.v1',
  });
  for await (const message of await consumer.fetch({ max_messages: 1_000, expires: 2_000 })) {
    const member = message.subject.split('.')[2] ?? '';
    const { height } = BlockCommitted.decode(message.data);
    heights.set(member, [...(heights.get(member) ?? []), height]);
  }
  return heights;
}

/** Waits until the stream holds the facts of every height of every member; late facts come within seconds. */
async function factsComplete(url: string, members: number, height: bigint) {
  let facts = await factsIn(url);
  for (const end = Date.now() + FACTS_MS; Date.now() < end; facts = await factsIn(url)) {
    const isComplete = [...facts.values()].every((heights) => BigInt(new Set(heights).size) >= height);
    if (facts.size === members && isComplete) return facts;
  }
  assert.fail(
    `facts are missing of ${height}: ${[...facts].map(([member, heights]) => `${member} ${heights}`).join('; ')}`,
  );
}

describe('federation of real processes', () => {
  test('goes on without a member whose consensus was killed, which catches up, votes again and agrees', async () => {
    const nats = new NatsServer({ withStore: true });
    await using _ = { [Symbol.asyncDispose]: () => nats.remove() };
    await nats.up();
    await using federation = await LocalMembers.start({ members: 4, natsUrl: nats.url });
    const [first, victim, third, fourth] = federation.members;
    assert.ok(first && victim && third && fourth);

    for (let i = 0; i < 2; i++) await makeFinal(first.client, `before ${i}`);
    federation.kill(1, 'consensus');
    // Events are for the outside: without their server nothing waits, and later nothing is missing.
    await nats.down();
    for (let i = 0; i < 3; i++) await makeFinal(first.client, `meanwhile ${i}`);
    const { header } = await first.client.status();
    assert.ok(header !== undefined && header.finalHeight >= 5n);

    await nats.up();
    await federation.restart(1, 'consensus');
    // A member that is behind learns of it with the next thing the others say.
    await makeFinal(first.client, 'after');
    await reaches(victim, header.finalHeight + 1n);

    // With another member gone, a quorum needs the vote of the one that was killed.
    federation.kill(2, 'consensus');
    await makeFinal(victim.client, 'needs the vote of the victim');
    await federation.restart(2, 'consensus');
    await makeFinal(victim.client, 'all together');

    const { header: last } = await victim.client.status();
    assert.ok(last !== undefined);
    for (const member of federation.members) await reaches(member, last.finalHeight);
    const chains = await Promise.all(federation.members.map(({ client }) => chainOf(client)));
    assert.equal(new Set(chains.map((chain) => chain.join('\n'))).size, 1);
    for (const { client } of federation.members) assert.equal((await client.status()).haltReason, '');
    await until(
      'the audit log of another signer',
      async () => {
        const { auditHeads } = await first.client.status();
        assert.deepEqual(
          auditHeads.map(({ complaint }) => complaint).filter((text) => text !== ''),
          [],
        );
        return auditHeads.filter(({ head }) => head !== undefined && head.sequence > 0n).length > 1;
      },
      FINAL_MS,
    );

    const facts = await factsComplete(nats.url, 4, last.finalHeight);
    for (const heights of facts.values()) {
      assert.deepEqual(
        heights,
        [...heights].sort((a, b) => Number(a - b)),
      );
    }
  });
});
