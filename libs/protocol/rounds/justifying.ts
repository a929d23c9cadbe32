import { headerDigest } from '#libs/chain/block.ts';
import { leaveCertificateFault } from '../leave-certificate.ts';
import type { Fault } from '../module.ts';
import { roundLeader } from './leaders.ts';
import type { RoundsProposal } from './message.ts';
import type { RoundsState } from './state.ts';

/**
 * The fault of a proposal of the open height, or undefined: its block is the one that the reports of a quorum leave, or, where none
 * was reported, a new one of this very view and leader.
 */
export function proposalFaultIn(state: RoundsState, proposal: RoundsProposal): Fault | undefined {
  const { block, height } = proposal;
  const { header } = block;
  if (headerDigest(header) !== block.digest) return 'digest of another header';
  if (header.epoch !== state.context.set.epoch) return 'block of another epoch';
  if (header.height !== height || header.parent !== state.tip?.digest)
    return 'block that does not extend its justification';
  return justificationFault(state, proposal);
}

/** In the first view nothing justifies a block, and nothing need; later the reports of a quorum that gave the view before up do. */
function justificationFault(state: RoundsState, proposal: RoundsProposal): Fault | undefined {
  const { block, view, height, leave } = proposal;
  const { set, root, table } = state.context;
  const isFirst = view === table.firstView;
  if (isFirst && leave === undefined) return newFault(state, proposal);
  if (isFirst || leave?.view !== view - 1n || leave.instance !== height)
    return 'timeout certificate of another view than the one before';
  const { high } = leave;
  if (high !== undefined && high.digest !== block.digest)
    return 'justification below the highest one reported';
  const fault = high === undefined ? newFault(state, proposal) : undefined;
  return fault ?? leaveCertificateFault(leave, set, root, table);
}

/** A new block is of this view and its leader: the leaders of the next height follow from its header. */
function newFault(state: RoundsState, { block: { header }, view }: RoundsProposal): Fault | undefined {
  const isNew = header.view === view && header.proposer === roundLeader(state, view);
  return isNew ? undefined : 'block that does not extend its justification';
}
