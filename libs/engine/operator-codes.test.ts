import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toDigest, toHeight, toMemberIndex, toView, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { MemoryLogLine } from '#libs/log/memory-logger.ts';
import { genesisCertificate, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Proposal, Vote } from '#libs/protocol/hotstuff/message.ts';
import {
  blockStatement,
  type Phase,
  timeoutCertificateOf,
  timeoutShareOf,
  timeoutStatement,
  viewPosition,
} from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { Signed } from '#libs/protocol/signed.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { PENDING_PER_MEMBER_MAX } from '#libs/replica/limits.ts';
import { RECURRING_MS } from '#services/consensus/core/core-limits.ts';
import { Federation, SCOPE, type Sent, signatureOf } from '#test/support/engine/engine-federation.ts';
import { doubleVote, LIAR, notice, work } from '#test/support/engine/engine-lies.ts';
import type { FederationMember } from '#test/support/engine/federation-member.ts';
import { bodyOf, type Said, sealed } from '#test/support/hotstuff/sealed.ts';
import { EVIDENCE_PER_SECOND_MAX, PROPOSALS_PER_VIEW_MAX } from './evidence/evidence-limits.ts';
import { WHEREABOUTS_PER_SECOND_MAX } from './joining/joining-limits.ts';
import type { OperatorCode } from './ports/operator-codes.ts';

const M0 = toMemberIndex(0);
const M1 = toMemberIndex(1);

/** The lines that the operator of a member reads under a code. */
function linesOf({ log }: FederationMember, code: OperatorCode): readonly MemoryLogLine[] {
  return log.lines.filter(({ fields }) => fields['code'] === code);
}

function codesOf({ log }: FederationMember): readonly unknown[] {
  return [...new Set(log.lines.flatMap(({ fields }) => fields['code'] ?? []))];
}

/** A federation at work, one member of which sends something else whenever it sends a message of a kind. */
function lying<Kind extends Said['kind']>(
  kind: Kind,
  lie: (body: Extract<Said, { kind: Kind }>, sent: Sent) => readonly Sent[],
  onProposal: (proposal: Proposal) => void = () => {},
): Federation {
  const federation = new Federation(4);
  const isMeant = (body: Said): body is Extract<Said, { kind: Kind }> => body.kind === kind;
  federation.tamper = (from, sent) => {
    if (from !== LIAR) return [sent];
    if (sent.body.kind === 'proposal') onProposal(sent.body);
    return isMeant(sent.body) ? lie(sent.body, sent) : [sent];
  };
  work(federation);
  return federation;
}

/** Somebody reads the code, of the liar; nobody honest is named with it. */
function assertTold(
  federation: Federation,
  code: OperatorCode,
  expected: Partial<MemoryLogLine['fields']> = {},
): void {
  const told = federation.members
    .filter(({ index }) => index !== LIAR)
    .flatMap((each) => linesOf(each, code));
  const [first] = told;
  assert.ok(first !== undefined, `nobody is told of ${code}: ${federation.members.flatMap(codesOf)}`);
  for (const [name, value] of Object.entries(expected)) assert.equal(first.fields[name], value);
  for (const { fields, level } of told) assert.deepEqual([fields['peer'], level], ['m2', 'warn']);
}

function otherVote(vote: Vote, change: Partial<Pick<Vote, 'phase' | 'digest'>>): Vote {
  const { phase, view, height, digest } = { ...vote, ...change };
  const statement = blockStatement(phase, view, { height, digest });
  return { ...vote, phase, digest, signature: signatureOf(vote.member, statement) };
}

/** The proposal with another block, signed by its leader. */
function proposing(
  proposal: Proposal,
  change: Partial<Block['header']>,
  transactions = proposal.block.transactions,
) {
  const block = sealBlock({ ...proposal.block.header, ...change }, transactions);
  const { view, height, proposer } = block.header;
  const signature = signatureOf(proposer, blockStatement('proposal', view, { height, digest: block.digest }));
  return { ...proposal, block, signature };
}

const FALSE_BYTES = new Uint8Array(32);

function withSigners(
  certificate: QuorumCertificate,
  change: (signatures: readonly Signed[]) => readonly Signed[],
): Said {
  return { kind: 'certificate', certificate: { ...certificate, signatures: change(certificate.signatures) } };
}

describe('the log names by its code', () => {
  test('F-65: EQUIVOCATION a member that votes twice in one phase, both votes signed', () => {
    const federation = lying('vote', (vote, sent) => [
      sent,
      { ...sent, body: otherVote(vote, { digest: toDigest('e'.repeat(64)) }) },
    ]);
    assertTold(federation, 'EQUIVOCATION', { kind: 'double-vote' });
  });

  test('F-65: CONFLICTING_PROPOSALS a leader that signs two proposals of one view', () => {
    const federation = lying('proposal', (proposal, sent) => [
      sent,
      { ...sent, body: proposing(proposal, { timestampMs: 1n }) },
    ]);
    assertTold(federation, 'CONFLICTING_PROPOSALS', { kind: 'double-proposal' });
  });

  test('F-65: PROPOSAL_FLOOD_EQUIVOCATION a second proposal of a view that came too late to be read', () => {
    let first: Proposal | undefined;
    const onProposal = (proposal: Proposal): void => {
      first = proposal;
    };
    const federation = lying(
      'certificate',
      ({ certificate }, sent) => {
        if (first === undefined || certificate.kind !== 'prepare') return [sent];
        return [{ ...sent, body: proposing(first, { timestampMs: 1n }) }, sent];
      },
      onProposal,
    );
    assertTold(federation, 'PROPOSAL_FLOOD_EQUIVOCATION', { cause: 'equivocation' });
  });

  test('F-65: FORGED_QC a certificate with a signature that its member did not make', () => {
    const federation = lying('certificate', ({ certificate }, sent) => [
      {
        ...sent,
        body: withSigners(certificate, ([first, ...rest]) => [
          { ...first!, signature: FALSE_BYTES },
          ...rest,
        ]),
      },
    ]);
    assertTold(federation, 'FORGED_QC', { cause: 'bad-signature' });
  });

  test('F-65: FORGED_QC a proposal with a forged justification, and a certificate of somebody unknown', () => {
    const inProposal = lying('proposal', (proposal, sent) => {
      const { justify } = proposal;
      const signatures = justify.signatures.map((each) => ({ ...each, signature: FALSE_BYTES }));
      return [{ ...sent, body: { ...proposal, justify: { ...justify, signatures } } }];
    });
    assertTold(inProposal, 'FORGED_QC', { cause: 'bad-signature' });
    const ofStranger = lying('certificate', ({ certificate }, sent) => [
      { ...sent, body: withSigners(certificate, ([a, b]) => [a!, b!, { ...b!, member: toMemberIndex(9) }]) },
    ]);
    assertTold(ofStranger, 'FORGED_QC', { cause: 'invalid', detail: 'unknown signer' });
  });

  test('F-65: INVALID_QC_STAKE a certificate whose signers are no quorum', () => {
    const federation = lying('certificate', ({ certificate }, sent) => [
      { ...sent, body: withSigners(certificate, (signatures) => signatures.slice(1)) },
    ]);
    assertTold(federation, 'INVALID_QC_STAKE', { cause: 'invalid' });
  });

  test('F-65: QC_DUPLICATION a certificate that counts one signer twice', () => {
    const federation = lying('certificate', ({ certificate }, sent) => [
      { ...sent, body: withSigners(certificate, ([first, second]) => [first!, second!, second!]) },
    ]);
    assertTold(federation, 'QC_DUPLICATION', { cause: 'invalid' });
  });

  test('F-65: FORK_DETECTED a proposal that goes round the block that this member is locked on', () => {
    const federation = new Federation(4);
    federation.anySignature = true;
    const [member] = federation.members;
    assert.ok(member !== undefined);
    const root = genesisCertificate(HOTSTUFF_TABLE, 'prepare', member.chain.genesis.digest);
    const signatures = [0, 1, 3].map((each) => ({ member: toMemberIndex(each), signature: FALSE_BYTES }));
    const locked = (phase: Phase): QuorumCertificate => {
      return { ...root, kind: phase, view: toView(1n), digest: toDigest('e'.repeat(64)), signatures };
    };
    for (const phase of ['prepare', 'pre-commit'] as const) {
      member.node.hear(M1, { ok: true, body: sealed({ kind: 'certificate', certificate: locked(phase) }) });
    }
    federation.settle();
    const shares = signatures.map((each) => timeoutShareOf(each, root));
    const header = {
      ...member.chain.genesis.header,
      height: 1n as Block['header']['height'],
      view: toView(2n),
      proposer: LIAR,
      parent: root.digest,
    };
    const block = sealBlock(header, []);
    const timeoutCertificate = timeoutCertificateOf(toView(1n), shares, root);
    const proposal: Proposal = {
      kind: 'proposal',
      block,
      justify: root,
      timeoutCertificate,
      signature: FALSE_BYTES,
    };
    member.node.hear(LIAR, { ok: true, body: sealed(proposal) });
    federation.settle();
    const [line] = linesOf(member, 'FORK_DETECTED');
    assert.deepEqual([line?.fields['peer'], line?.fields['detail']], ['m2', 'view 2, lock of view 1']);
  });

  test('F-65: BYZANTINE_FORK what stops a member: a quorum decided against a block that is final here', () => {
    const [ours, theirs] = [new Federation(4), new Federation(4)];
    ours.submit(0, 'final here');
    for (const text of ['final there', 'and more']) theirs.submit(0, text);
    const [victim] = ours.members;
    const [other] = theirs.members;
    assert.ok(victim !== undefined && other !== undefined);
    const { certificate } = other.chain.tip();
    const blocks = other.chain.final.slice(2);
    victim.node.hear(M1, { ok: true, body: sealed({ kind: 'certificate', certificate }) });
    ours.tamper = (from, sent) => {
      const { kind } = sent.body;
      if (kind !== 'blocks-response' || from === M0) return [sent];
      return [{ ...sent, body: { ...sent.body, range: { blocks, certificate, descendants: [] } } }];
    };
    ours.settle();
    ours.pass(20_000);
    const [line, ...more] = linesOf(victim, 'BYZANTINE_FORK');
    assert.deepEqual([line?.level, more], ['error', []]);
    assert.match(`${line?.cause}`, /contradicts the final block/);
    assert.equal(victim.chain.final[1]?.transactions.length, 1);
  });

  test('F-65: NATURAL_FORK a block that was held and lost against a final one, with nobody to blame', () => {
    const federation = new Federation(4);
    let isCut = true;
    federation.tamper = (_, sent) => (isCut && sent.body.kind === 'vote' ? [] : [sent]);
    federation.submit(0, 'first');
    federation.pass(900);
    isCut = false;
    federation.pass(20_000);
    for (const member of federation.members) {
      const [line] = linesOf(member, 'NATURAL_FORK');
      assert.deepEqual([line?.level, line?.fields['peer'], line?.fields['height']], ['info', 'm1', 1n]);
      assert.deepEqual(codesOf(member), ['NATURAL_FORK']);
    }
  });

  for (const [what, lie, detail] of [
    [
      'with another payload root',
      (p: Proposal) => proposing(p, { payloadRoot: toDigest('a'.repeat(64)) }),
      'wrong payload root',
    ],
    [
      'with another height',
      (p: Proposal) => proposing(p, { height: (p.block.header.height + 1n) as never }),
      'block that does not extend its justification',
    ],
    [
      'with another parent',
      (p: Proposal) => proposing(p, { parent: ZERO_DIGEST }),
      'block that does not extend its justification',
    ],
    [
      'with a false signature',
      (p: Proposal) => ({ ...p, signature: FALSE_BYTES }),
      'proposal with a false signature',
    ],
  ] as const) {
    test(`F-65: INVALID_BLOCK a block ${what}`, () => {
      assertTold(
        lying('proposal', (proposal, sent) => [{ ...sent, body: lie(proposal) }]),
        'INVALID_BLOCK',
        { detail },
      );
    });
  }

  test('F-65: INVALID_PROPOSAL_STRUCTURE a proposal that stands on a certificate of another phase', () => {
    const federation = lying('proposal', (proposal, sent) => [
      { ...sent, body: { ...proposal, justify: { ...proposal.justify, kind: 'commit' } } },
    ]);
    assertTold(federation, 'INVALID_PROPOSAL_STRUCTURE', { cause: 'invalid' });
  });

  test('F-65: OVERSIZED_BLOCK_COMPONENT a block with more than the genesis allows', () => {
    const many = Array.from({ length: 101 }, (_, index) => transactionOf(Uint8Array.of(index)));
    const federation = lying('proposal', (proposal, sent) => [
      { ...sent, body: proposing(proposal, { transactionCount: many.length }, many) },
    ]);
    assertTold(federation, 'OVERSIZED_BLOCK_COMPONENT', { detail: 'too many transactions' });
  });

  test('F-65: PROPOSAL_FLOOD_DOS a leader that sends one proposal more than three times', () => {
    const times = (count: number) =>
      lying('proposal', (_, sent) => Array.from({ length: count }, () => sent));
    assertTold(times(PROPOSALS_PER_VIEW_MAX + 1), 'PROPOSAL_FLOOD_DOS');
    for (const member of times(PROPOSALS_PER_VIEW_MAX).members) assert.deepEqual(codesOf(member), []);
  });

  test('F-65: PHANTOM_VOTE a vote for a block that the leader did not propose', () => {
    const federation = lying('vote', (vote, sent) => [
      { ...sent, body: otherVote(vote, { digest: toDigest('e'.repeat(64)) }) },
    ]);
    assertTold(federation, 'PHANTOM_VOTE', { cause: 'duplicate' });
  });

  test('F-65: PREMATURE_VOTE a vote in a phase that its leader has not opened', () => {
    const federation = lying('vote', (vote, sent) =>
      vote.phase === 'prepare' ? [{ ...sent, body: otherVote(vote, { phase: 'commit' }) }, sent] : [sent],
    );
    assertTold(federation, 'PREMATURE_VOTE');
  });

  test('F-65: PREMATURE_VOTE a vote in a view that its leader has not entered', () => {
    const federation = new Federation(4);
    const view = toView(5n);
    const block = { height: toHeight(1n), digest: ZERO_DIGEST };
    const signature = signatureOf(LIAR, blockStatement('prepare', view, block));
    federation.send(LIAR, {
      to: M1,
      body: { kind: 'vote', phase: 'prepare', view, ...block, member: LIAR, signature },
    });
    federation.settle();
    assertTold(federation, 'PREMATURE_VOTE', { cause: 'far-future' });
  });

  test('F-65: STALE_EVIDENCE_REJECTED evidence older than 1000 views', () => {
    const federation = new Federation(4);
    federation.anySignature = true;
    const { genesis } = federation.members[0]!.chain;
    const high = genesisCertificate(HOTSTUFF_TABLE, 'prepare', genesis.digest);
    // The signature is not its own, which would halt it.
    const shares = [1, 2, 3].map((each) =>
      timeoutShareOf({ member: toMemberIndex(each), signature: FALSE_BYTES }, high),
    );
    const timeoutCertificate = timeoutCertificateOf(toView(1_001n), shares, high);
    federation.send(LIAR, { to: M0, body: { kind: 'timeout-certificate', timeoutCertificate } });
    federation.settle();
    federation.send(LIAR, { ...notice(doubleVote(1, 3)), to: M0 });
    federation.send(LIAR, { ...notice(doubleVote(2, 3)), to: M0 });
    federation.settle();
    assertTold(federation, 'STALE_EVIDENCE_REJECTED', { cause: 'stale' });
    assert.equal(federation.members[0]!.evidence.all.length, 1);
  });

  test('F-65: EVIDENCE_RATE_LIMITED more evidence of one member than is verified in a second', () => {
    const federation = new Federation(4);
    for (let view = 1; view <= EVIDENCE_PER_SECOND_MAX + 1; view++) {
      federation.send(LIAR, { ...notice(doubleVote(view, 3)), to: M0 });
    }
    federation.settle();
    assertTold(federation, 'EVIDENCE_RATE_LIMITED', { cause: 'overloaded' });
  });

  test('F-65: EVIDENCE_RATE_LIMITED more evidence against one member than is kept', () => {
    const federation = new Federation(4);
    for (const member of federation.members) member.isFull = true;
    federation.send(LIAR, { ...notice(doubleVote(1, 3)), to: M0 });
    federation.settle();
    assertTold(federation, 'EVIDENCE_RATE_LIMITED', {
      detail: 'more evidence against a member than is kept',
    });
  });

  test('F-65: FALSE_EVIDENCE_ATTEMPT an accusation with a signature that the accused did not make', () => {
    const federation = new Federation(4);
    const lie = doubleVote(1, 3);
    const forged = { ...lie, second: { ...lie.second, signature: FALSE_BYTES } };
    federation.send(LIAR, {
      to: 'all',
      body: { kind: 'evidence', content: encodeEvidence(forged, SCOPE.chain) },
    });
    federation.settle();
    assertTold(federation, 'FALSE_EVIDENCE_ATTEMPT', { cause: 'false-evidence' });
  });

  test('F-65: EVIDENCE_UNCONFIRMED evidence that no block holds yet, and EVIDENCE_CONFIRMED once a quorum put it into one', () => {
    const federation = new Federation(4);
    const [member] = federation.members;
    assert.ok(member !== undefined);
    for (const away of [1, 2, 3]) federation.away.add(toMemberIndex(away));
    member.node.hear(M1, { ok: true, body: bodyOf(notice(doubleVote(1)).body) });
    federation.settle();
    federation.pass(15_000);
    const [open] = linesOf(member, 'EVIDENCE_UNCONFIRMED');
    assert.deepEqual([open?.fields['peer'], open?.fields['kind']], ['m2', 'double-vote']);
    assert.deepEqual(linesOf(member, 'EVIDENCE_CONFIRMED'), []);
    for (const each of [1, 2, 3]) federation.comeBack(each);
    federation.pass(60_000);
    for (const each of federation.members) {
      const [line] = linesOf(each, 'EVIDENCE_CONFIRMED');
      assert.deepEqual([line?.fields['peer'], line?.fields['height']], ['m2', 1n]);
    }
  });

  test('F-65: BANDWIDTH_THROTTLE a member that says more than its share of a second', () => {
    const federation = new Federation(4);
    const whereabouts = {
      kind: 'whereabouts',
      height: 0n as never,
      ...viewPosition(toView(1n)),
      asks: false,
    } as const;
    for (let count = 0; count <= WHEREABOUTS_PER_SECOND_MAX; count++) {
      federation.send(LIAR, { to: M0, body: whereabouts });
    }
    federation.settle();
    assertTold(federation, 'BANDWIDTH_THROTTLE', { cause: 'overloaded', detail: 'whereabouts' });
  });

  test('F-65: MEMORY_PRESSURE_DROP a member more of whose messages wait to be verified than have room', () => {
    const federation = new Federation(4);
    const high = genesisCertificate(HOTSTUFF_TABLE, 'prepare', federation.members[0]!.chain.genesis.digest);
    for (let number = 1; number <= PENDING_PER_MEMBER_MAX + 1; number++) {
      const view = toView(BigInt(number));
      const statement = timeoutStatement(view, high);
      const signature = signatureOf(LIAR, statement);
      const commit = { ...high, kind: 'commit' };
      const body = {
        kind: 'timeout',
        view,
        member: LIAR,
        high,
        commit,
        signature,
        timeoutCertificate: undefined,
      } as const;
      federation.send(LIAR, { to: M0, body });
    }
    federation.settle();
    assertTold(federation, 'MEMORY_PRESSURE_DROP', { cause: 'overloaded' });
  });
});

test('F-65: what goes on is said again once a minute, with how often it happened meanwhile', () => {
  const federation = new Federation(4);
  const [member] = federation.members;
  assert.ok(member !== undefined);
  const lie = doubleVote(1, 3);
  const content = encodeEvidence({ ...lie, second: { ...lie.second, signature: FALSE_BYTES } }, SCOPE.chain);
  const accuse = (): void => {
    member.node.hear(LIAR, { ok: true, body: { kind: 'evidence', content } });
    federation.settle();
  };
  const counts = () => linesOf(member, 'FALSE_EVIDENCE_ATTEMPT').map(({ fields }) => fields['count']);
  for (let count = 0; count < 3; count++) accuse();
  assert.deepEqual(counts(), [1]);
  federation.pass(RECURRING_MS - 1);
  accuse();
  assert.deepEqual(counts(), [1]);
  federation.pass(1);
  accuse();
  assert.deepEqual(counts(), [1, 4]);
});

test('F-65: an honest federation says none of the codes, with one member away and back', () => {
  const federation = new Federation(4);
  work(federation);
  federation.away.add(M1);
  for (let count = 0; count < 4; count++) {
    federation.submit(0, `without one ${count}`);
    federation.pass(20_000);
  }
  federation.comeBack(1);
  work(federation);
  federation.pass(60_000);
  for (const member of federation.members) assert.deepEqual(codesOf(member), []);
});
