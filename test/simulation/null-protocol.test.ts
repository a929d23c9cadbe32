import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toDigest, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { type Trust, verifyBlock } from '#libs/client/verify-block.ts';
import { SILENT } from '#libs/simulation/checks/observe.ts';
import { nodeOf } from '#libs/simulation/federation/federation.ts';
import { quietPlan } from '#libs/simulation/plan/quiet-plan.ts';
import { QuietWorld } from '#libs/simulation/presets/quiet-world.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import { NoChance } from '#libs/simulation/time/no-chance.ts';
import { statementOf } from '#test/support/null-protocol/message.ts';
import { RealKeys } from '#test/support/null-protocol/real-keys.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';

/** Faults that it bears: its leader must not lose a proposal that it has recorded. */
const FAULTS = ['loss', 'duplicates', 'delay', 'bandwidth', 'skew', 'partitions', 'pause'];
const SEEDS = 6;

const run = (members: number, seed: number) =>
  simulate(hostedNull(), { seed, members, isWhole: true, actors: [], faults: FAULTS });

describe('the null protocol', () => {
  for (const members of [1, 2, 3, 4, 7]) {
    test(`decides among ${members} over a bad network, in the engine and with its signer, and breaks no rule`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violations, height } = run(members, seed);
        assert.deepEqual([seed, violations], [seed, []]);
        assert.ok(height >= 5);
      }
    });
  }
});

const MEMBERS = 4;

/** A federation with true signatures that has decided two blocks. */
function signedChain() {
  const nodes = Array.from({ length: MEMBERS }, (_, node) => toMemberIndex(node));
  const keys = new RealKeys(nodes);
  const world = new QuietWorld({
    subject: hostedNull(),
    plan: quietPlan(MEMBERS),
    random: new NoChance(),
    fit: (ports, node) => keys.fit(ports, node),
    observerOf: () => () => SILENT,
  });
  world.settle();
  for (const text of ['one', 'two']) {
    world.life(toMemberIndex(1)).submit(transactionOf(Buffer.from(text)));
    world.settle();
  }
  return { keys, lives: nodes.map((node) => world.life(node)) };
}

describe('with true signatures, the null protocol', () => {
  const { keys, lives } = signedChain();
  const [life] = lives;
  assert.ok(life !== undefined);
  const { membership, chain } = life;
  const trust: Trust = {
    ...{ chainDigest: membership.chain, votes: NULL_TABLE, votesOf: () => NULL_TABLE },
    ...{ validators: membership.set, scheme: 'slh-dsa-sha2-128f' },
    verify: async (publicKey, message, signature) => keys.verify(nodeOf({ publicKey }), message, signature),
  };
  const tip = () => chain.tip();

  test('decides one chain, which a client verifies by the votes of the protocol', async () => {
    const tips = lives.map((each) => each.chain.tip().digest);
    assert.deepEqual([tip().header.height, new Set(tips).size], [2n, 1]);
    const { header, certificate } = tip();
    assert.equal(certificate.kind, 'vote');
    assert.deepEqual(await verifyBlock({ header, certificate, descendants: [] }, trust), { ok: true });
    const [first, ...others] = certificate.signatures;
    assert.ok(first !== undefined);
    const bent = { ...first, signature: first.signature.with(0, (first.signature[0] ?? 0) ^ 1) };
    const forged = { ...certificate, signatures: [bent, ...others] };
    assert.equal((await verifyBlock({ header, certificate: forged, descendants: [] }, trust)).ok, false);
  });

  test('gets one vote of a key for each height: a second is refused, the first is given again, and none without its proposal', () => {
    const { header } = chain.blockAt(toHeight(1n)) ?? assert.fail();
    const signer = keys.signerOf(toMemberIndex(0), membership);
    const answers: string[] = [];
    const ask = (kind: 'proposal' | 'vote', digest: Digest): void => {
      const statement = statementOf(kind, { height: header.height, digest });
      signer.sign(statement, { header }, (answer) => {
        answers.push(answer.kind === 'refused' ? answer.reason : answer.kind);
      });
    };
    const [one, other] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64))];
    ask('vote', one);
    ask('proposal', one);
    ask('proposal', other);
    ask('vote', one);
    ask('vote', other);
    ask('vote', one);
    assert.deepEqual(answers, [
      'PROPOSAL_UNKNOWN',
      'signed',
      'CONFLICTING_SLOT',
      'signed',
      'CONFLICTING_SLOT',
      'signed',
    ]);
  });
});
