import type { MemberIndex } from '#libs/chain/ids.ts';
import type { UnreadEvidence } from '#libs/client/evidence.ts';
import type { Evidence } from '#libs/protocol/evidence.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';

/** Both statements in words, one a line. */
export function statementLines({ first, second }: Evidence): readonly string[] {
  return [first, second].map(({ statement }) => `  ${statementText(statement)}`);
}

export function nameInSet({ members }: ValidatorSet, member: MemberIndex): string {
  return members[member]?.name ?? `member ${member}`;
}

/** A line for evidence that is left out, because this version has no table of its protocol. */
export function unreadText({ digest, protocol }: UnreadEvidence): string {
  return `${digest}: left out, of protocol ${JSON.stringify(protocol)}, which this version does not have: take the version of the member`;
}

function statementText(statement: VoteStatement): string {
  const { kind, view, block, reports } = statement;
  if (block === undefined) {
    const told = reports.map((each) => `of view ${each.view} for ${each.digest}`);
    return `gave up view ${view}, highest prepare certificate ${told.join(' and ') || 'none'}`;
  }
  const what = kind === 'proposal' ? 'proposed' : `voted ${kind} for`;
  return `${what} ${block.digest} at height ${block.height} in view ${view}`;
}
