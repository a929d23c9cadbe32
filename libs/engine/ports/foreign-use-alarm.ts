import type { Position } from '#libs/protocol/vote/position.ts';

/**
 * The alarm of a member whose key signed a statement that its record lacks, with advice for its operator (RULES.md
 * A.32).
 */
export function foreignUseAlarm(signed: Position, reached: Position): string {
  return (
    `a signature with the key of this member for ${named(signed)} was seen, but its safety record ends at ` +
    `${named(reached)}: ` +
    'the key is in use elsewhere, or chain.db is an old copy. Stop the other process, or put back the chain.db that ' +
    'this member used last, or give the member a new key by a membership change'
  );
}

/** In words; a protocol whose views run across heights has no other instance than 0. */
function named({ instance, view }: Position): string {
  return instance === 0n ? `view ${view}` : `view ${view} of height ${instance}`;
}
