import type { Block } from '#libs/chain/block.ts';
import { isOversized } from './blocks/block-judge.ts';
import { BlockKeeper } from './blocks/block-keeper.ts';
import type { EngineDesks } from './engine-desks.ts';
import type { EngineOptions } from './engine-options.ts';
import type { CatchUp } from './sync/catch-up.ts';

interface KeeperHost {
  finalised(blocks: readonly Block[]): void;
}

interface KeeperSurroundings {
  readonly desks: EngineDesks;
  readonly seek: CatchUp['seek'];
}

/** The keeper of the blocks of one engine. */
export function newKeeper(
  options: EngineOptions,
  host: KeeperHost,
  { desks, seek }: KeeperSurroundings,
): BlockKeeper {
  const { context, chain, mempool, peers, clock, book, limits, monitor, application, haltHeight } = options;
  const { me, set } = context;
  const { desk, membership } = desks;
  return new BlockKeeper(chain, mempool, peers, clock, {
    ...{
      me,
      epoch: set.epoch,
      book,
      limits,
      application,
      haltHeight,
      follows: options.protocol.module.follows,
    },
    onOrdered: (blocks) => host.finalised(blocks),
    onMissing: seek,
    onInvalid: (block, from, fault) =>
      monitor.noticed(from, isOversized(block, limits) ? 'block too large' : 'invalid block', fault),
    onLost: ({ header, digest }) => monitor.blockLost(header, digest),
    vouch: (block, done) =>
      desk.vouch(block, (evidence) => (evidence === 'true' ? membership.vouch(block, done) : done(evidence))),
  });
}
