import type { BlockKeeper } from './blocks/block-keeper.ts';
import type { EngineOptions } from './engine-options.ts';
import { decidersBelow, decidersOf } from './epoch-verifiers.ts';
import type { ClaimVerifier } from './ports/engine-ports.ts';
import { memberFaultOf } from './ports/operator-codes.ts';
import type { StagedSnapshot } from './ports/snapshot-ports.ts';
import { CatchUp } from './sync/catch-up.ts';

interface CatchUpHost {
  halt(error: unknown): void;
  tookSnapshot(taken: StagedSnapshot): void;
}

interface CatchUpSurroundings {
  readonly keeper: BlockKeeper;
  readonly verifier: ClaimVerifier;
}

/** Brings the member to what others have decided. */
export function newCatchUp(
  options: EngineOptions,
  host: CatchUpHost,
  { keeper, verifier }: CatchUpSurroundings,
): CatchUp {
  const { context, monitor, growth } = options;
  return new CatchUp({
    ...options,
    // A snapshot is as of the newest decision: above the height behind which this node stops.
    get snapshotBlocks() {
      return options.haltHeight?.height === undefined ? options.snapshotBlocks : undefined;
    },
    keeper,
    verifier,
    me: context.me,
    set: context.set,
    root: context.root,
    table: context.table,
    follows: options.protocol.module.follows,
    onLie: (peer, fault) => monitor.refused(peer, 'invalid', fault, memberFaultOf(fault)),
    onBroken: (error) => host.halt(error),
    below: () => decidersBelow(options, verifier),
    decidersOf: (height) => decidersOf(options, height, verifier),
    onSnapshot: (taken) => host.tookSnapshot(taken),
    onFilled: (blocks) => growth.filled(blocks),
  });
}
