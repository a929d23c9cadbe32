import { type Position, positionText } from '#libs/protocol/vote/position.ts';

/**
 * The alarm of a member whose key signed a statement that its record lacks, with advice for its operator (RULES.md
 * A.32).
 */
export function foreignUseAlarm(signed: Position, reached: Position): string {
  return (
    `a signature with the key of this member for ${positionText(signed)} was seen, but its safety record ends at ` +
    `${positionText(reached)}: ` +
    'the key is in use elsewhere, or chain.db is an old copy. Stop the other process, or put back the chain.db that ' +
    'this member used last, or give the member a new key by a membership change'
  );
}
