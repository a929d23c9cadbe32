import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { payloadLeaves } from '#libs/chain/block-rules.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type ClientHandover, trustAt } from '#libs/client/membership.ts';
import { type Trust, verifyBlock } from '#libs/client/verify-block.ts';
import { decodeHandover, encodeHandover } from '#libs/membership/handover.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { switchingNodes } from '#libs/simulation/nodes/switching-nodes.ts';
import type { Plan } from '#libs/simulation/plan/plan.ts';
import { simulate } from '#libs/simulation/run/simulate.ts';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';
import type { EpochNode } from '#test/support/engine/epoch-node.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';

const SUBJECT = switchingNodes(hostedHotStuff(), [hostedNull()]);
const TO_NULL = termsOf(NULL_TABLE, {});
const TO_HOTSTUFF = termsOf(HOTSTUFF_TABLE, { view_timeout_ms: 300, view_timeout_ms_max: 3_000 });

function termsOf({ protocol }: VoteTable, parameters: NonNullable<NewTerms['parameters']>): NewTerms {
  return { needs: SOFTWARE_VERSION, protocol: { id: protocol, version: 1 }, parameters, others: [] };
}

function heightOf({ instance }: EpochNode): number {
  return instance.disk.height;
}

/** Every member that is up votes for other terms, until all of them are in the epoch that follows. */
function switchTo(federation: EpochFederation, terms: NewTerms): void {
  const epoch = federation.membership.epoch + 1n;
  const change = federation.change({ leave: [], join: [], terms });
  for (const node of federation.up) federation.vote(node, change);
  federation.until(`epoch ${epoch}`, () => federation.up.every((node) => node.membership.epoch === epoch));
  assert.equal(federation.membership.terms.protocol, terms.protocol?.id);
}

/** A transaction is given to a member, and a block more is final on all that are up. */
function decide(federation: EpochFederation, text: string, giver = 1): void {
  const before = Math.max(...federation.up.map(heightOf));
  federation.submit(federation.node(giver), text);
  federation.until(text, () => federation.up.every((node) => heightOf(node) > before));
}

/** A chain that went to the null protocol and back, with a decision in each epoch. */
function switchedChain(away?: number): EpochFederation {
  const federation = new EpochFederation({ members: 4, subject: SUBJECT });
  decide(federation, 'in HotStuff');
  if (away !== undefined) federation.crash(federation.node(away));
  switchTo(federation, TO_NULL);
  decide(federation, 'in the null protocol');
  decide(federation, 'in the null protocol again', 2);
  switchTo(federation, TO_HOTSTUFF);
  decide(federation, 'in HotStuff again');
  return federation;
}

describe('a chain that goes from one protocol to another and back', () => {
  test('decides in each of them, and breaks no rule', () => {
    const federation = switchedChain();
    assert.deepEqual(federation.violations, []);
    const [node] = federation.up;
    const kinds = new Set(
      [...(node?.instance.disk.proofs.values() ?? [])].map(
        ({ kind, instance }) => `${kind} ${instance === 0n}`,
      ),
    );
    assert.deepEqual([...kinds].sort(), ['commit true', 'vote false']);
  });

  test('takes along a member that was away for all of it: others show it each epoch that is over, and it signs again', () => {
    const federation = switchedChain(3);
    const late = federation.node(3);
    federation.start(late);
    federation.until('the tip', () => new Set(federation.up.map(heightOf)).size === 1);
    assert.equal(late.membership.epoch, 2n);
    federation.crash(federation.node(1));
    decide(federation, 'with the late member', 3);
    assert.deepEqual(federation.violations, []);
  });

  test('takes along a member that starts again within the epoch of the other protocol', () => {
    const federation = new EpochFederation({ members: 4, subject: SUBJECT });
    decide(federation, 'in HotStuff');
    switchTo(federation, TO_NULL);
    const node = federation.node(2);
    federation.crash(node);
    // Its record is still of the epoch before, and of the other protocol.
    assert.deepEqual(
      [node.instance.disk.record?.protocol, node.instance.disk.record?.epoch],
      ['hotstuff', 0n],
    );
    federation.start(node);
    decide(federation, 'one');
    federation.crash(node);
    decide(federation, 'two');
    federation.start(node);
    federation.until('the tip', () => new Set(federation.up.map(heightOf)).size === 1);
    federation.crash(federation.node(1));
    decide(federation, 'three', 2);
    switchTo(federation, TO_HOTSTUFF);
    assert.deepEqual(federation.violations, []);
  });
});

/** The last blocks of the epochs so far, as a member tells a client. */
function toldHandovers({ chain }: EpochNode): readonly ClientHandover[] {
  const last = chain.final.filter(
    ({ transactions: [first] }) => first !== undefined && isFor('handover', first),
  );
  return last.map(({ header, transactions }) => {
    const [first] = transactions;
    const proved = chain.certifiedBlock(header.height);
    assert.ok(first !== undefined && proved !== undefined);
    const leaves = payloadLeaves(transactions);
    const payloadProof = { index: 0n, size: BigInt(leaves.length), path: inclusionProof(leaves, 0) };
    return { header, certificate: proved.certificate, handover: first.bytes, payloadProof };
  });
}

describe('a client of a chain that went to another protocol and back', () => {
  const federation = switchedChain();
  const [node] = federation.up;
  assert.ok(node !== undefined);
  const handovers = toldHandovers(node);
  const tables = [HOTSTUFF_TABLE, NULL_TABLE];
  const { chain, root } = federation.founding;
  const genesis: Trust = {
    ...{ chainDigest: chain, votes: HOTSTUFF_TABLE, genesisBlock: root.digest },
    votesOf: (id) => tables.find(({ protocol }) => protocol === id),
    ...{ validators: setOfRoster(toEpoch(0n), federation.founding.roster), scheme: 'of the simulator' },
    verify: async (publicKey, message, signature) => federation.isTrue(publicKey, message, signature),
  };
  const handoverTo = async (epoch: Epoch) => handovers[Number(epoch) - 1] ?? assert.fail();

  test('follows the members through both, and verifies the blocks of each by the votes of their protocol', async () => {
    assert.equal(handovers.length, 2);
    for (const { header, digest } of node.chain.final.slice(1)) {
      const found = await trustAt(genesis, header.epoch, handoverTo);
      assert.ok(found.ok);
      const proof = node.chain.certifiedBlock(header.height);
      assert.ok(proof?.certificate.digest === digest);
      assert.deepEqual(await verifyBlock({ ...proof, header, descendants: [] }, found.trust), { ok: true });
      const other = found.trust.votes === NULL_TABLE ? HOTSTUFF_TABLE : NULL_TABLE;
      const misled = await verifyBlock(
        { ...proof, header, descendants: [] },
        { ...found.trust, votes: other },
      );
      assert.equal(misled.ok, false);
    }
  });

  test('goes no further than a protocol that it does not know, and says which', async () => {
    const old = { ...genesis, votesOf: (id: string) => (id === 'hotstuff' ? HOTSTUFF_TABLE : undefined) };
    assert.deepEqual(await trustAt(old, 2n, handoverTo), {
      ok: false,
      fault: 'a handover to the protocol "null", which this version does not have',
    });
  });

  test('believes no handover to another version of a protocol', async () => {
    const [first] = handovers;
    assert.ok(first !== undefined);
    const read = decodeHandover(first.handover);
    const terms = { ...TO_NULL, protocol: { id: 'null', version: 2 } };
    const handover = encodeHandover({ ...(read ?? assert.fail()), terms });
    const found = await trustAt(genesis, 1n, async () => ({ ...first, handover }));
    assert.deepEqual(
      [found.ok, found.ok || found.fault],
      [false, 'a handover to version 2 of null; this version has version 1'],
    );
  });
});

/** Liars of HotStuff and faults of all kinds that the null protocol bears: its leader neither crashes nor lies. */
const FAULTS = [
  'loss',
  'duplicates',
  'delay',
  'bandwidth',
  'skew',
  'partitions',
  'pause',
  'crashes',
  'absences',
  'disk',
];
const LIES = [
  'double-voter',
  'equivocator',
  'silent',
  'replayer',
  'forger',
  'stale-leader',
  'sync-liar',
  'byte-garbler',
];
const LEADER = 0;

/** The plan of a seed in which the members vote for the null protocol and back, twice. */
function switchingPlan(plan: Plan): Plan {
  assert.ok(plan.whole !== undefined);
  const changes = [TO_NULL, TO_HOTSTUFF, TO_NULL, TO_HOTSTUFF].map((terms, at) => ({
    atMs: Math.floor((plan.gstMs * (at + 1)) / 5),
    ...{ leave: [], join: [], terms },
  }));
  const others = <Fault extends { readonly instance: number }>(faults: readonly Fault[]) =>
    faults.filter(({ instance }) => instance !== LEADER);
  const absences = others(plan.whole.absences);
  return {
    ...plan,
    byzantine: plan.byzantine.filter(({ member }) => member !== LEADER && member < plan.members),
    crashes: others(plan.crashes),
    whole: { ...plan.whole, newcomers: 0, changes, absences },
  };
}

const SEEDS = 5;

for (const members of [4, 7]) {
  test(`four switches among ${members} members, over a bad network, crashes and liars, break no rule`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = { seed, members, isWhole: true, actors: LIES, faults: FAULTS, adjust: switchingPlan };
      const { violations, height } = simulate(SUBJECT, run);
      assert.deepEqual([seed, violations], [seed, []]);
      assert.ok(height > 8, 'two blocks at least in each epoch');
    }
  });
}
