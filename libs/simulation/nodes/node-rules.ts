import { assert } from '#libs/assert/assert.ts';
import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { NodeRules } from '#libs/engine/node-ports.ts';
import type { NodeKind } from './node-kind.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';

/** Room for votes, which name all who join, and for evidence. */
const NODE_LIMITS: BlockLimits = { transactionsMax: 8, bytesMax: 65_536, transactionBytesMax: 16_384 };

/** The rules that the plan of a run fixes for its chain, as the node takes them. */
export function nodeRules(
  { federation, plan, timing }: NodeOwner['setting'],
  protocols: NodeKind['protocols'],
  seat: () => EpochSeat,
): NodeRules {
  return {
    chain: federation.founding.scope.chain,
    protocolOf: ({ protocol: id }) => {
      const protocol = protocols.get(id);
      assert(protocol !== undefined, `no node of this world runs ${id}`);
      // A scenario may choose the leaders.
      return { ...protocol, leaders: () => seat().setting.leader };
    },
    limits: NODE_LIMITS,
    timingOf: () => timing,
    founders: plan.members,
  };
}
