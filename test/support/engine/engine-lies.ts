import assert from 'node:assert/strict';
import { type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { type Evidence, type EvidenceKind, evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { said, spoke } from '#test/support/chain/claims.ts';
import { type Federation, SCOPE, type Sent, signatureOf } from './engine-federation.ts';
import type { FederationMember } from './federation-member.ts';

const EPOCH = toEpoch(0n);
/** The member that lies. */
export const LIAR = toMemberIndex(2);

/** Evidence that its member truly signed. */
export function lieOf(member: number, one: VoteStatement, other: VoteStatement): Evidence {
  const sign = (statement: VoteStatement) =>
    said(member, statement, signatureOf(toMemberIndex(member), statement));
  return evidenceOf(sign(one), sign(other), EPOCH, HOTSTUFF_TABLE) ?? assert.fail('no contradiction');
}

/** Two votes of one view, truly signed. */
export const doubleVote = (view: number, member = 2) =>
  lieOf(member, spoke('prepare', view, 'a'), spoke('prepare', view, 'b'));

/** Evidence on its way to all. */
export const notice = (evidence: Evidence): Sent => ({
  to: 'all',
  body: { kind: 'evidence', content: encodeEvidence(evidence, SCOPE.chain) },
});

/** The members that were found out, with the evidence. */
export function found({ evidence }: FederationMember): readonly (readonly [MemberIndex, EvidenceKind])[] {
  return evidence.all.map(({ evidence: { first, kind } }) => [first.member, kind]);
}

/** Transactions of the final chain that are evidence. */
export function evidenceIn({ chain }: FederationMember): number {
  return chain.final.flatMap(({ transactions }) => transactions.filter((each) => isFor('evidence', each)))
    .length;
}

/** All but the liar. */
export function honest(federation: Federation): readonly FederationMember[] {
  return federation.members.filter(({ index }) => index !== LIAR);
}

/** Ten transactions, each decided before the next. */
export function work(federation: Federation): void {
  for (let i = 0; i < 10; i++) {
    federation.submit(i % 2, `transaction ${i}`);
    federation.pass(20_000);
  }
}
