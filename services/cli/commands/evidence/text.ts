import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Evidence } from '#libs/protocol/evidence.ts';
import type { Statement } from '#libs/protocol/statement.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';

/** Both statements in words, one a line. */
export function statementLines({ first, second }: Evidence): readonly string[] {
  return [first, second].map(({ statement }) => `  ${statementText(statement)}`);
}

export function nameInSet({ members }: ValidatorSet, member: MemberIndex): string {
  return members[member]?.name ?? `member ${member}`;
}

function statementText(statement: Statement): string {
  const { kind, view } = statement;
  if (kind === 'timeout') {
    const { highView, highDigest } = statement;
    return `gave up view ${view}, highest prepare certificate of view ${highView} for ${highDigest}`;
  }
  const what = kind === 'proposal' ? 'proposed' : `voted ${kind} for`;
  return `${what} ${statement.digest} at height ${statement.height} in view ${view}`;
}
