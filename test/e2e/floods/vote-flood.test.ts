import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import type { RemoteError } from '#libs/grpc/client.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { type Genesis, genesisDigest } from '#libs/settings/genesis.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { sampleProcess } from '#test/support/programs/process-sample.ts';
import { until } from '#test/support/within.ts';

/** Calls before the flood, so that the memory of the first calls does not count. */
const REFUSED_VOTES = 500;
const JUNK_VOTES = 1_500;
/** Calls at a time: far more than are verified at once. */
const AT_ONCE = 200;
/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
/** Buffers of calls that the collector has not taken yet: some 70 MiB. */
const GROWTH_MIB_MAX = 250;
const LOOK_MS = 1_000;
const STRANGER = 99;

/** Votes for changes of which none is like another, with signatures that hold for nothing. */
class Junk {
  readonly #genesis: Genesis;
  #count = 0;

  constructor(genesis: Genesis) {
    this.#genesis = genesis;
  }

  votes(count: number, memberOf: (at: number) => number): Uint8Array[] {
    return Array.from({ length: count }, (_, at) => this.#vote(memberOf(at)));
  }

  #vote(member: number): Uint8Array {
    this.#count += 1;
    const keys = { publicKey: randomBytes(32), gatewayPublicKey: randomBytes(32) };
    const join = [{ name: `x${this.#count}`, weight: 1n, ...keys }];
    const change = { chain: genesisDigest(this.#genesis), epoch: toEpoch(0n), leave: [], join };
    const signature = randomBytes(SCHEME_SIZES['slh-dsa-sha2-128f'].signature);
    return encodeMembershipVote({
      change,
      goodUntil: toHeight(100n),
      member: toMemberIndex(member),
      signature,
    });
  }
}

/** @returns how often each error code was the answer. */
async function submitAll(client: FederationClient, votes: Uint8Array[]): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  const lane = async (): Promise<void> => {
    for (let vote = votes.pop(); vote !== undefined; vote = votes.pop()) {
      const code = await client.submit(vote).then(
        () => 'taken',
        (error: RemoteError) => error.detail.errorCode ?? error.detail.status,
      );
      answers.set(code, (answers.get(code) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return answers;
}

/** Processor time of a process until now, ms. */
function computedMs(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = rest.split(' ').slice(11, 13).map(Number);
  return 10 * (user + system);
}

test('F-01: junk votes of clients are refused, hold nothing up, and cost a member nothing once they are over', async (context) => {
  await using federation = await LocalMembers.start({ members: 4 });
  const { client, facts } = federation.members[0] ?? assert.fail();
  const pid = federation.pidOf(0, 'consensus') ?? assert.fail();
  const junk = new Junk(readMemberHome(facts.paths.home, {}).genesis);
  const look = () => ({
    computedMs: computedMs(pid),
    residentMib: sampleProcess(pid)?.rssMib ?? assert.fail(),
  });
  const makeFinal = async (text: string) => {
    const { hash } = await client.submit(Buffer.from(text));
    await client.wait(hash, { deadlineMs: FINAL_MS });
  };

  const refused = await submitAll(
    client,
    junk.votes(REFUSED_VOTES, () => STRANGER),
  );
  assert.deepEqual([...refused], [['CONSENSUS_VOTE_REFUSED', REFUSED_VOTES]]);
  const votes = junk.votes(JUNK_VOTES, (at) => at % 4);
  const before = look();
  const [answers] = await Promise.all([submitAll(client, votes), makeFinal('meanwhile')]);
  const after = look();
  const growthMib = after.residentMib - before.residentMib;
  const cost = `${after.computedMs - before.computedMs} ms of CPU, ${growthMib.toFixed()} MiB more`;
  context.diagnostic(`${JUNK_VOTES} junk votes: ${JSON.stringify([...answers])}, ${cost}`);
  const codes = new Set([...answers.keys(), 'CONSENSUS_TOO_MANY_VOTES', 'CONSENSUS_VOTE_REFUSED']);
  assert.equal(codes.size, 2, 'each of them is refused, and with a code');
  assert.ok(growthMib < GROWTH_MIB_MAX, cost);

  let computed = after.computedMs;
  await until('a member at rest', async () => {
    await sleep(LOOK_MS);
    const last = computed;
    computed = computedMs(pid);
    return computed - last < LOOK_MS / 4;
  });
  context.diagnostic(`then ${computed - after.computedMs} ms of CPU until it rests`);
  assert.equal((await client.status()).mempoolTransactions, 0);
  await makeFinal('after');
});
