import type { BlockPort } from '#libs/replica/ports.ts';
import type { HaltHeight } from '../ports/halt-height.ts';
import type { BlockKeeper, KeeperOptions } from './block-keeper.ts';

export interface HaltingOptions {
  readonly finalHeight: () => bigint;
  readonly halt: HaltHeight;
  /** A decision that is not taken in now: it is fetched when the node goes on. */
  readonly onMissing: KeeperOptions['onMissing'];
}

/**
 * Blocks for a node that stops behind a height. One above it is neither made nor judged nor fetched, so that nobody votes for it; and
 * once that height is final no decision is taken in. A question without an answer is none of the protocol's: it is as if the block
 * had not come.
 */
export function haltingBlocks(
  keeper: Pick<BlockKeeper, 'build' | 'check' | 'fetch' | 'commit'>,
  { finalHeight, halt, onMissing }: HaltingOptions,
): BlockPort {
  const isReached = (): boolean => halt.isReached(finalHeight());
  return {
    build(position, draft, done) {
      // The maker has the rest: the block of the last height is made again until it is decided.
      if (!isReached()) keeper.build(position, draft, done);
    },
    check(block, from, done) {
      if (!halt.isAbove(block.header.height)) keeper.check(block, from, done);
    },
    fetch(certificate, from, done) {
      if (!halt.isAbove(certificate.height)) keeper.fetch(certificate, from, done);
    },
    commit(certificate) {
      if (isReached()) onMissing(certificate);
      else keeper.commit(certificate);
    },
  };
}
