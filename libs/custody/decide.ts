import { digestOf } from '#libs/chain/digest.ts';
import { isShaped } from '#libs/protocol/vote/shape.ts';
import { compareMarks, slotName, slotOf } from '#libs/protocol/vote/slot.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { type KindRow, kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { CustodyContext, CustodyRequest } from './custody-context.ts';
import type { CustodyState } from './custody-state.ts';
import type { Decision } from './decision.ts';
import type { FactBook } from './fact-book.ts';
import { groundsFault } from './grounds-rules.ts';
import { ALL_RULES, type Reached, type Rules, reachedBy } from './judge.ts';
import { stateAfter } from './next-state.ts';
import type { RefusalReason } from './refusal-reason.ts';

/**
 * Decides whether a signature could ever make this key contradict itself or help a fork, in this order
 * (libs/custody/README.md 3.2, 3.3, 3.4):
 *
 * 1. A key in quarantine, a session that is not the newest, another chain, another epoch: every request is refused.
 * 2. A slot that holds this digest: repeat. A slot that holds another: CONFLICTING_SLOT.
 * 3. A slot at or below the mark, or in a view or instance that was left: STALE_SLOT.
 * 4. The conditions in the row of its kind: leader, block, certificates, lock, report.
 * 5. A view, or an instance, too far above the proved ones: VIEW_JUMP.
 * 6. Anything else is signed, after the caller made `nextState` durable: a signature that leaves the process and is
 *    then forgotten is the one mistake that consensus cannot absorb.
 */
export function decide(
  context: CustodyContext,
  state: CustodyState,
  request: CustodyRequest,
  facts: FactBook,
  rules: Rules = ALL_RULES,
): Decision {
  const { statement } = request;
  const { table } = context;
  const row = kindRowOf(table, statement.kind);
  const slot = slotOf(request.epoch, statement, table);
  const reached = reachedBy(context, state, facts);
  const isKind = row !== undefined && isShaped(statement, table);
  const scope = { chain: state.chain, protocol: table.protocol, epoch: request.epoch };
  // A statement that is not of this protocol has no bytes to sign.
  const message = isKind ? table.bytes(scope, statement) : new Uint8Array();
  const digest = digestOf(message);
  const signed = state.signed.get(slotName(slot));
  const refuse = (reason: RefusalReason): Decision => {
    const mark = state.marks.get(slot.instance);
    const provenView = reached.proven;
    const lockView = state.lock?.view;
    return { kind: 'refuse', reason, facts: { slot, mark, wanted: digest, signed, lockView, provenView } };
  };

  const foreign = bindingFault(context, state, request, rules);
  if (foreign !== undefined) return refuse(foreign);
  if (!isKind) return refuse('WRONG_KIND');
  if (signed === digest && rules.repeats) return { kind: 'repeat', slot, digest, message };
  if (signed !== undefined && rules.slots) return refuse('CONFLICTING_SLOT');
  if (isOver(state, { request, row, rules, reached })) return refuse('STALE_SLOT');
  const fault = groundsFault({ context, state, facts, rules, reached }, request, row);
  if (fault !== undefined) return refuse(fault);
  if (rules.jump && isTooFar(table, statement, reached)) return refuse('VIEW_JUMP');
  const nextState = stateAfter(state, { slot, digest, statement, row, reached, rules });
  return { kind: 'sign', slot, digest, message, nextState };
}

function bindingFault(
  { set, me }: CustodyContext,
  state: CustodyState,
  { session, chain, epoch }: CustodyRequest,
  rules: Rules,
): RefusalReason | undefined {
  if (rules.active && state.mode !== 'active') return 'QUARANTINED';
  if (rules.sessions && session !== state.session) return 'SESSION_FENCED';
  if (rules.chain && chain !== state.chain) return 'WRONG_CHAIN';
  if (rules.epochs && (epoch !== state.epoch || epoch !== set.epoch)) return 'WRONG_EPOCH';
  return rules.members && me === undefined ? 'NOT_MEMBER' : undefined;
}

interface Asked {
  readonly request: CustodyRequest;
  readonly row: KindRow;
  readonly rules: Rules;
  readonly reached: Reached;
}

/**
 * Whether the slot is below the mark, or in an instance or a view that was left; or is the very slot of the
 * mark, whose digest is forgotten.
 */
function isOver(state: CustodyState, { request, row, rules, reached }: Asked): boolean {
  const { instance, view } = request.statement;
  const isClosed = rules.marks && instance < reached.openFrom;
  const mark = state.marks.get(instance);
  const order = mark === undefined ? 1 : compareMarks({ view, step: row.step }, mark);
  if (order === 0) return rules.slots;
  return isClosed || view < state.viewFrom || (rules.marks && order < 0);
}

/**
 * Whether the view is far above the highest that is proved in its instance, or the instance is not open yet: a key that
 * signs there is mute until the others arrive.
 */
function isTooFar(
  { viewJumpMax, instances }: VoteTable,
  { view, instance }: VoteStatement,
  { proven, openFrom }: Reached,
): boolean {
  return view > proven + viewJumpMax || (instances === 'ascending' && instance > openFrom);
}
