import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { claimsOf, type QuorumCertificate, rootCertificate } from '#libs/protocol/certificate.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import type { Phase } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { prng } from '#libs/random/prng.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { type HeldBlock, SharedJudge } from '../chain/shared-judge.ts';
import { SimulatedFederation } from '../federation/federation.ts';
import { AgreementCheck, type CertifiedIn } from './agreement-check.ts';
import { ChainCheck } from './chain-check.ts';
import { Findings } from './findings.ts';
import { RecordCheck } from './record-check.ts';

const EPOCH: CertifiedIn = { epoch: toEpoch(0n), table: HOTSTUFF_TABLE };
const [ALICE, BOB] = ['alice pays bob', 'bob pays carol'].map((text) => transactionOf(Buffer.from(text))) as [
  Transaction,
  Transaction,
];

function fixture() {
  const judge = new SharedJudge(hotStuffFollows);
  const { genesis } = judge;
  const federation = new SimulatedFederation({
    members: 4,
    table: HOTSTUFF_TABLE,
    genesis: genesis.block.digest,
    random: prng(1),
  });
  const findings = new Findings({ steps: 0, nowMs: 0 });
  const { authority, root } = federation.founding;

  const build = (parent: HeldBlock, view: bigint, ...transactions: Transaction[]): HeldBlock =>
    judge.build({ view: toView(view), proposer: toMemberIndex(0), transactions, nowMs: 0n }, parent);

  function certify(phase: Phase, view: bigint, { block }: HeldBlock, signers = [0, 1, 2]): QuorumCertificate {
    const { digest, header } = block;
    const named = signers.map((member) => ({ member: toMemberIndex(member), signature: new Uint8Array(0) }));
    const unsigned = {
      kind: phase,
      instance: 0n,
      view: toView(view),
      height: header.height,
      digest,
      signatures: named,
    };
    const signatures = claimsOf(unsigned).map(({ member, statement }) => ({
      member,
      signature: authority.signerOf(member)(statement),
    }));
    return { ...unsigned, signatures };
  }

  /** A member whose disk holds these blocks on top of genesis, the newest one proved. */
  function keeperOf(instance: number, ...blocks: HeldBlock[]) {
    const all = [genesis, ...blocks];
    const newest = all.at(-1) ?? genesis;
    const tip =
      blocks.length === 0
        ? rootCertificate(HOTSTUFF_TABLE, 'commit', root)
        : certify('commit', 9n, newest, [1, 2, 3]);
    const disk = {
      chain: all.map(({ block }) => block.digest),
      blocks: new Map(all.map((held) => [held.block.digest, held])),
      tip,
      proofs: new Map<number, QuorumCertificate>(),
    };
    return { instance, disk };
  }

  return {
    judge,
    genesis,
    build,
    certify,
    keeperOf,
    federation,
    agreement: new AgreementCheck(findings, judge),
    records: new RecordCheck(findings),
    chains: new ChainCheck(findings, new RecordCheck(findings), federation),
    broken: () => findings.violations.map(({ invariant }) => invariant),
  };
}

describe('one truth', () => {
  test('S1: a second final block of a height, and a height that was left out, are reported', () => {
    const { agreement, genesis, build, broken } = fixture();
    const [one, other] = [build(genesis, 1n, ALICE), build(genesis, 2n, BOB)];
    agreement.committed(0, one);
    agreement.committed(1, one);
    assert.deepEqual(broken(), []);
    agreement.committed(2, other);
    assert.deepEqual(broken(), ['S1']);
    agreement.committed(3, build(one, 3n));
    assert.deepEqual(broken(), ['S1', 'S1']);
  });

  test('S2: certificates of two blocks in one view and phase are reported', () => {
    const { agreement, genesis, build, certify, broken } = fixture();
    const [one, other] = [build(genesis, 1n, ALICE), build(genesis, 1n, BOB)];
    agreement.certified(certify('prepare', 1n, one), EPOCH);
    agreement.certified(certify('prepare', 1n, one), EPOCH);
    agreement.certified(certify('commit', 1n, one), EPOCH);
    agreement.certified(certify('prepare', 1n, one), { ...EPOCH, epoch: toEpoch(1n) });
    assert.deepEqual(broken(), []);
    agreement.certified(certify('prepare', 1n, other), EPOCH);
    assert.deepEqual(broken(), ['S2']);
  });

  test('S3: a later prepare certificate beside what is decided is reported, whichever was seen first', () => {
    for (const isDecidedFirst of [true, false]) {
      const { agreement, genesis, build, certify, broken } = fixture();
      const [decided, beside] = [build(genesis, 1n, ALICE), build(genesis, 2n, BOB)];
      const seen = [certify('commit', 1n, decided), certify('prepare', 2n, beside)];
      for (const each of isDecidedFirst ? seen : seen.toReversed()) agreement.certified(each, EPOCH);
      assert.deepEqual(broken(), ['S3']);
    }
  });

  test('S3: what was prepared before a decision, or grows out of it, is well', () => {
    const { agreement, genesis, build, certify, broken } = fixture();
    const [before, decided] = [build(genesis, 1n, BOB), build(genesis, 2n, ALICE)];
    agreement.certified(certify('prepare', 1n, before), EPOCH);
    agreement.certified(certify('commit', 2n, decided), EPOCH);
    agreement.certified(certify('prepare', 3n, decided), EPOCH);
    agreement.certified(certify('prepare', 4n, build(build(decided, 3n), 4n)), EPOCH);
    assert.deepEqual(broken(), []);
  });
});

describe('one truth where each height has views of its own', () => {
  const ROUNDS: CertifiedIn = { epoch: toEpoch(0n), table: ROUNDS_TABLE };

  /** Certificates of the first views of two heights, and of another block of the second one. */
  function rounds() {
    const { agreement, genesis, build, certify, broken } = fixture();
    const one = build(genesis, 1n, ALICE);
    const [two, beside] = [build(one, 2n, BOB), build(one, 3n)];
    const certified = (kind: Phase, held: HeldBlock, view = 0n) => {
      const { height } = held.block.header;
      agreement.certified({ ...certify(kind, view, held), instance: height }, ROUNDS);
    };
    return { one, two, beside, certified, broken };
  }

  test('S2: certificates of one view at two heights are well, of one height they are reported', () => {
    const { one, two, beside, certified, broken } = rounds();
    certified('prepare', one);
    certified('prepare', two);
    assert.deepEqual(broken(), []);
    certified('prepare', beside);
    assert.deepEqual(broken(), ['S2']);
  });

  test('S3: a decision in a late view of a height binds later views of it, and no earlier height', () => {
    for (const isDecidedFirst of [true, false]) {
      const { one, two, beside, certified, broken } = rounds();
      const steps = [
        () => certified('commit', two, 1n),
        () => certified('prepare', one, 7n),
        () => certified('prepare', two, 2n),
      ];
      for (const step of isDecidedFirst ? steps : steps.toReversed()) step();
      assert.deepEqual(broken(), []);
      certified('prepare', beside, 3n);
      assert.deepEqual(broken(), ['S3']);
    }
  });
});

describe('a chain that is read back', () => {
  test('is well when it is whole and proved', () => {
    const { chains, genesis, build, keeperOf, broken } = fixture();
    const one = build(genesis, 1n, ALICE);
    const keepers = [keeperOf(0, one, build(one, 2n, BOB)), keeperOf(1, one), keeperOf(2)];
    for (const keeper of keepers) chains.check(keeper);
    assert.deepEqual(broken(), []);
  });

  test('S4: two state roots of one height are reported', () => {
    const { chains, genesis, build, keeperOf, broken } = fixture();
    chains.check(keeperOf(0, build(genesis, 1n, ALICE)));
    chains.check(keeperOf(1, build(genesis, 1n, BOB)));
    assert.deepEqual(broken(), ['S4']);
  });

  test('S5: a transaction that is executed twice is reported', () => {
    const { chains, genesis, build, keeperOf, broken } = fixture();
    const one = build(genesis, 1n, ALICE);
    chains.check(keeperOf(0, one, build(one, 2n, BOB, ALICE)));
    assert.deepEqual(broken(), ['S5']);
  });

  test('S6: a missing block, a proof of another block and one that is false are reported', () => {
    const { chains, genesis, build, certify, keeperOf, broken } = fixture();
    const one = build(genesis, 1n, ALICE);
    const { disk } = keeperOf(0, one);
    chains.check({ instance: 0, disk: { ...disk, blocks: new Map() } });
    chains.check({ instance: 1, disk: { ...disk, tip: certify('commit', 9n, genesis) } });
    chains.check({ instance: 2, disk: { ...disk, tip: certify('prepare', 8n, one) } });
    chains.check({ instance: 3, disk: { ...disk, tip: certify('commit', 8n, one, [0, 1]) } });
    assert.deepEqual([...new Set(broken())], ['S6']);
    assert.ok(broken().length >= 4);
  });
});

describe('L6: a certificate in a record', () => {
  test('is verified from scratch: a quorum of distinct members who signed this, or the root itself', () => {
    const { records, genesis, build, certify, federation, broken } = fixture();
    const by = federation.founding;
    const one = build(genesis, 1n, ALICE);
    const good = certify('prepare', 1n, one);
    records.certificate(0, good, by);
    records.certificate(0, rootCertificate(HOTSTUFF_TABLE, 'prepare', by.root), by);
    assert.deepEqual(broken(), []);
    const [first, second] = good.signatures;
    assert.ok(first && second);
    const bad: readonly QuorumCertificate[] = [
      certify('prepare', 1n, one, [0, 1]),
      { ...good, signatures: [first, second, second] },
      { ...good, view: toView(2n) },
      { ...rootCertificate(HOTSTUFF_TABLE, 'prepare', by.root), digest: one.block.digest },
    ];
    for (const each of bad) records.certificate(0, each, by);
    assert.deepEqual(broken(), ['L6', 'L6', 'L6', 'L6']);
  });
});

test('L8: a size above its bound is reported, one at its bound is not', () => {
  const { records, broken } = fixture();
  records.load(0, [{ name: 'votes', size: 7, max: 7 }]);
  assert.deepEqual(broken(), []);
  records.load(0, [
    { name: 'votes', size: 7, max: 7 },
    { name: 'blocks', size: 8, max: 7 },
  ]);
  assert.deepEqual(broken(), ['L8']);
});
