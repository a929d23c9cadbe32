import { assert } from '#libs/assert/assert.ts';
import { type Epoch, toView } from '#libs/chain/ids.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { CustodyState } from './custody-state.ts';

/**
 * Whether this block can have ended the epoch, as far as the key remembers: it gave no COMMIT to a block above
 * it, and where every height is decided on its own it acted on no certificate of a height above it. A quorum that decided
 * above it would otherwise decide there again, in the next epoch. No honest member commits above it. A first vote above it
 * is no reason: one leader that lies could have it given, and the key would refuse the handover for good (DECISIONS 98).
 * Where a first vote is all that decides, it is one: no kind of such a protocol remembers a certificate.
 *
 * The acts of the key in a height are forgotten once a later one is open. So a height that is open beyond the one after this block is a reason too: it
 * opens by a certificate that decides above the block, or by a recovery above it, and neither is in the hand of one leader (DECISIONS 123).
 */
export function mayEndAt(
  { lock, high, marks, openFrom }: CustodyState,
  { height }: EpochRoot,
  { kinds }: Pick<VoteTable, 'kinds'>,
): boolean {
  if (openFrom > height + 1n) return false;
  const isRemembering = Object.values(kinds).some(({ remembers }) => remembers !== undefined);
  const acted = isRemembering ? high.keys() : marks.keys();
  // A protocol whose views run across heights has instance 0 alone, which is above no root.
  if ([...acted].some((instance) => instance > height)) return false;
  return lock === undefined || lock.height <= height;
}

/** The beginning of an epoch: the block that it starts from, and the votes of its protocol. */
export interface EpochStart {
  readonly epoch: Epoch;
  readonly root: EpochRoot;
  readonly table: Pick<VoteTable, 'protocol' | 'instances'>;
}

/**
 * The state at the beginning of an epoch, which starts from a final block (libs/custody/README.md G6, G8). Marks, lock
 * and highest certificates were those of the epoch before, in which nothing is signed any more: its last block is decided.
 */
export function inEpoch(state: CustodyState, { epoch, root, table }: EpochStart): CustodyState {
  assert(epoch === state.epoch + 1n, 'epochs follow each other');
  // Where each height has views of its own they begin anew, and the instances up to the root are over by its height.
  const view = table.instances === 'one' ? root.view : toView(0n);
  return {
    ...state,
    protocol: table.protocol,
    epoch,
    marks: new Map(),
    high: new Map(),
    lock: undefined,
    isRecovered: false,
    openFrom: 0n,
    viewFrom: view,
    proven: view,
  };
}
