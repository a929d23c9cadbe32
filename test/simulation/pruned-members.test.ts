import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { payloadLeaves } from '#libs/chain/block-rules.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import { CERTIFICATE_RULE, type CertificateRule } from '#libs/chain/kept-certificates.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { type ClientHandover, trustAt } from '#libs/client/membership.ts';
import { type Trust, verifyBlock } from '#libs/client/verify-block.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { switchingNodes } from '#libs/simulation/nodes/switching-nodes.ts';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';
import type { EpochNode } from '#test/support/engine/epoch-node.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';

// Whole nodes that drop certificates as members of production do, with smaller numbers.

const RULE: CertificateRule = { newest: 4, every: 6 };
const SUBJECT = switchingNodes(hostedHotStuff(), [hostedNull()]);
const TO_NULL: NewTerms = {
  ...{ needs: SOFTWARE_VERSION, parameters: {}, others: [] },
  protocol: { id: NULL_TABLE.protocol, version: 1 },
};
const TO_HOTSTUFF: NewTerms = {
  ...{ needs: SOFTWARE_VERSION, others: [] },
  parameters: { view_timeout_ms: 300, view_timeout_ms_max: 3_000 },
  protocol: { id: HOTSTUFF_TABLE.protocol, version: 1 },
};
const AWAY = 3;
const NEWCOMER = 4;

const heightOf = ({ instance }: EpochNode): number => instance.disk.height;

/** A block more is final on all that are up. */
function decide(federation: EpochFederation, count: number): void {
  for (let each = 0; each < count; each++) {
    const before = Math.max(...federation.up.map(heightOf));
    federation.submit(federation.node(1), `transaction ${before}`);
    federation.until(`height ${before + 1}`, () => federation.up.every((node) => heightOf(node) > before));
  }
}

function endEpoch(federation: EpochFederation, join: readonly number[], terms?: NewTerms): void {
  const epoch = federation.membership.epoch + 1n;
  const change = federation.change({ leave: [], join, ...(terms && { terms }) });
  for (const node of federation.up) federation.vote(node, change);
  federation.until(`epoch ${epoch}`, () => federation.up.every((node) => node.membership.epoch === epoch));
}

/** A chain of three epochs and two protocols, of which one member has seen the first blocks alone. */
function longChain(snapshotBlocks: number): EpochFederation {
  const options = { members: 4, newcomers: 1, subject: SUBJECT, certificates: RULE, snapshotBlocks };
  const federation = new EpochFederation(options);
  decide(federation, 3);
  federation.crash(federation.node(AWAY));
  decide(federation, 16);
  endEpoch(federation, [], TO_NULL);
  decide(federation, 20);
  endEpoch(federation, [], TO_HOTSTUFF);
  decide(federation, 9);
  return federation;
}

function hasAll(federation: EpochFederation, node: EpochNode): boolean {
  return heightOf(node) >= heightOf(federation.node(0)) && node.chain.final.length === heightOf(node) + 1;
}

const keptBy = ({ instance }: EpochNode): readonly number[] =>
  [...instance.disk.proofs.keys()].sort((a, b) => a - b);

/** The last blocks of the epochs so far, as a member tells a client. */
function handoversOf({ chain }: EpochNode): readonly ClientHandover[] {
  const { final } = chain;
  const last = final.filter(({ header }, at) => (final[at + 1]?.header.epoch ?? header.epoch) > header.epoch);
  return last.map(({ header, transactions }) => {
    const [first] = transactions;
    const { certificate } = chain.certifiedBlock(header.height) ?? assert.fail();
    const size = BigInt(transactions.length);
    const payloadProof = { index: 0n, size, path: inclusionProof(payloadLeaves(transactions), 0) };
    return { header, certificate, handover: first?.bytes ?? assert.fail(), payloadProof };
  });
}

/** A client that knows the genesis alone believes every block that this node holds. */
async function assertProvable(
  federation: EpochFederation,
  node: EpochNode,
  headersMax = RULE.every - 1,
): Promise<void> {
  const handovers = handoversOf(node);
  const { chain, root, roster } = federation.founding;
  const genesis: Trust = {
    ...{ chainDigest: chain, votes: HOTSTUFF_TABLE, genesisBlock: root.digest, scheme: 'of the simulator' },
    votesOf: (id) => [HOTSTUFF_TABLE, NULL_TABLE].find(({ protocol }) => protocol === id),
    validators: setOfRoster(toEpoch(0n), roster),
    verify: async (publicKey, message, signature) => federation.isTrue(publicKey, message, signature),
  };
  const handoverTo = async (epoch: Epoch) => handovers[Number(epoch) - 1] ?? assert.fail();
  assert.equal(node.chain.final.length, heightOf(node) + 1, 'it holds all blocks');
  for (const { header } of node.chain.final.slice(1)) {
    const found = await trustAt(genesis, header.epoch, handoverTo);
    assert.ok(found.ok, found.ok ? '' : found.fault);
    const proof = node.chain.certifiedBlock(header.height) ?? assert.fail(`height ${header.height}`);
    assert.ok(proof.descendants.length <= headersMax, `${proof.descendants.length} from ${header.height}`);
    assert.deepEqual(await verifyBlock({ ...proof, header }, found.trust), { ok: true });
  }
}

function assertPruned(federation: EpochFederation, node: EpochNode): void {
  const { final } = node.chain;
  const kept = keptBy(node);
  const tip = heightOf(node);
  const ends = final.flatMap(({ header }, at) =>
    (final[at + 1]?.header.epoch ?? header.epoch) > header.epoch ? [at] : [],
  );
  assert.equal(ends.length, 2);
  const certain = [
    ...ends,
    ...Array.from({ length: Math.floor(tip / RULE.every) + 1 }, (_, at) => at * RULE.every),
  ];
  const newest = Array.from({ length: RULE.newest }, (_, at) => tip - at);
  assert.deepEqual(
    kept,
    [...new Set([...certain, ...newest])].sort((a, b) => a - b),
    federation.describe(),
  );
}

describe('members that drop old certificates, over two protocols', () => {
  test('keep those of the rule, of roots and of handovers, and prove every block to a stranger', async () => {
    const federation = longChain(0);
    for (const node of [0, 1, 2].map((number) => federation.node(number))) {
      assertPruned(federation, node);
      await assertProvable(federation, node);
    }
    assert.deepEqual(federation.violations, []);
  });

  for (const [way, snapshotBlocks] of [
    ['ranges of blocks', 0],
    ['a snapshot, and the history below it', 4],
  ] as const) {
    test(`bring one that was away, and one that joins, up by ${way}`, async () => {
      const federation = longChain(snapshotBlocks);
      const late = federation.node(AWAY);
      federation.start(late);
      federation.until('all blocks', () => hasAll(federation, late));
      assert.equal(late.snapshots.length > 0, snapshotBlocks > 0);
      const newcomer = federation.add(NEWCOMER);
      endEpoch(federation, [NEWCOMER]);
      federation.until('all blocks', () => hasAll(federation, newcomer));
      // They prune what they fetched, too: the last of it goes with what follows.
      decide(federation, 8);
      for (const node of [late, newcomer]) {
        // It fetched ranges by the numbers of production, and has one certificate for each.
        await assertProvable(federation, node, CERTIFICATE_RULE.every);
        assert.ok(keptBy(node).length <= keptBy(federation.node(0)).length + 2, `${keptBy(node)}`);
      }
      assert.deepEqual(federation.violations, []);
    });
  }
});

describe('runs of whole nodes under faults and lies', () => {
  const hotStuff = PROTOCOLS.get('hotstuff') ?? assert.fail();
  for (const seed of [4, 9, 12, 17, 23, 31, 40, 52]) {
    test(`break no rule when members keep few certificates: seed ${seed}`, () => {
      const { violations, plan } = hotStuff.run({
        ...{ seed, members: 4, isWhole: true },
        adjust: (drawn) => ({
          ...drawn,
          ...(drawn.whole && { whole: { ...drawn.whole, certificates: { newest: 2, every: 3 } } }),
        }),
      });
      assert.ok(plan.whole?.certificates !== undefined);
      assert.deepEqual(violations, []);
    });
  }
});
