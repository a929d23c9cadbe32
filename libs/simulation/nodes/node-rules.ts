import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { NodeRules } from '#libs/engine/node-ports.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';

/** Room for votes, which name all who join, and for evidence. */
const NODE_LIMITS: BlockLimits = { transactionsMax: 8, bytesMax: 65_536, transactionBytesMax: 16_384 };

/** The rules that the plan of a run fixes for its chain, as the node takes them. */
export function nodeRules(setting: NodeOwner['setting'], seat: () => EpochSeat): NodeRules {
  const { federation, plan, timing, subject } = setting;
  const { chain, protocol } = federation.founding.scope;
  return {
    scope: { chain, protocol },
    limits: NODE_LIMITS,
    timing,
    founders: plan.members,
    leaderOf: () => seat().setting.leader,
    module: subject.module,
  };
}
