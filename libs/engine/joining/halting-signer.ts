import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SignerPort } from '#libs/replica/ports.ts';
import type { HaltHeight } from '../ports/halt-height.ts';

/**
 * Signs nothing above the height behind which the node stops, and nothing at all once that height is final here: the signer is not
 * asked. So no vote above it leaves, whatever the protocol, its record from before a start, or another member asks for.
 */
export function haltingSigner(
  signer: SignerPort,
  { finalHeight, halt }: { readonly finalHeight: () => bigint; readonly halt: HaltHeight },
): SignerPort {
  return {
    sign(statement, grounds, done) {
      if (halt.isReached(finalHeight()) || isAbove(halt, statement)) done({ kind: 'over' });
      else signer.sign(statement, grounds, done);
    },
  };
}

/** An instance is a height, or 0 where views run across heights. */
function isAbove(halt: HaltHeight, { block, instance }: VoteStatement): boolean {
  return halt.isAbove(instance) || (block !== undefined && halt.isAbove(block.height));
}
