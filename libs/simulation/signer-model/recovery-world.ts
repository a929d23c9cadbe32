import type { CustodyContext } from '../../custody/custody-context.ts';
import { HOTSTUFF_TABLE } from '../../custody/tables/hotstuff.ts';
import { type ModelBlock, type ModelWorld, worldOf } from './model-world.ts';

/** One block of a world for recoveries. */
interface PlannedBlock {
  readonly view: number;
  /** Index of its parent; undefined: genesis. */
  readonly on?: number;
  /** It carries the nonce that is drawn after the loss. */
  readonly nonce?: true;
}

/** A few views and blocks, chosen so that a loss can hurt: all orders of all votes for them are searched. */
export interface WorldPlan {
  /** Views that a request may lie above the highest that is proved: fewer than in production, as there are fewer views. */
  readonly jump: bigint;
  readonly blocks: readonly PlannedBlock[];
}

export interface RecoveryWorld extends Omit<ModelWorld, 'blocks'> {
  readonly context: CustodyContext;
  /** `hasNonce`: it carries the nonce or stands on a block that does. */
  readonly blocks: readonly (ModelBlock & { readonly hasNonce: boolean })[];
}

export function recoveryWorld({ jump, blocks: planned }: WorldPlan): RecoveryWorld {
  const table = { ...HOTSTUFF_TABLE, viewJumpMax: jump };
  const world = worldOf(planned.map(({ view, on }) => ({ view, parent: on })));
  const hasNonce = (index: number | undefined): boolean => {
    const block = index === undefined ? undefined : planned[index];
    return block !== undefined && (block.nonce === true || hasNonce(block.on));
  };
  return {
    ...world,
    context: { ...world.context, table },
    blocks: world.blocks.map((block, index) => ({ ...block, hasNonce: hasNonce(index) })),
  };
}
