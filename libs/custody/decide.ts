import { sha256Hex } from '../bytes/sha256.ts';
import { toDigest, type View } from '../chain/ids.ts';
import type { CustodyContext, CustodyRequest } from './custody-context.ts';
import type { CustodyState } from './custody-state.ts';
import type { Decision, RefusalReason } from './decision.ts';
import type { FactBook } from './fact-book.ts';
import { groundsFault } from './grounds-rules.ts';
import { ALL_RULES, type Rules } from './judge.ts';
import { WINDOW_MAX } from './limits.ts';
import { stateAfter } from './next-state.ts';
import { compareMarks, type Slot, slotName } from './slot.ts';
import type { KindRow } from './vote-table.ts';

/**
 * Decides whether signing could ever make this key contradict itself or help a fork, whoever asks (signer.md 3.2 to
 * 3.4), in this order:
 *
 * 1. A key in quarantine, a session that is not the newest, another chain, another epoch: refused, whatever it is.
 * 2. A slot that holds this digest: repeat. One that holds another: CONFLICTING_SLOT.
 * 3. A slot at or below the mark, or in a view or instance that was left: STALE_SLOT.
 * 4. What the row of its kind asks for: leader, block, certificates, lock, report.
 * 5. A view too far above what is proved: VIEW_JUMP.
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
  const row = table.kinds[statement.kind];
  const slot = slotOf(request, row);
  const isKind = row !== undefined && isShaped(context, statement, row);
  const scope = { chain: state.chain, protocol: table.protocol, epoch: request.epoch };
  // What is no statement of this protocol has no bytes to sign.
  const message = isKind ? table.bytes(scope, statement) : new Uint8Array();
  const digest = toDigest(sha256Hex(message));
  const signed = state.signed.get(slotName(slot));
  const refuse = (reason: RefusalReason): Decision => {
    const mark = state.marks.get(slot.instance);
    const provenView = proven(state, facts);
    const lockView = state.lock?.view;
    return { kind: 'refuse', reason, facts: { slot, mark, wanted: digest, signed, lockView, provenView } };
  };

  const foreign = bindingFault(context, state, request);
  if (foreign !== undefined) return refuse(foreign);
  if (!isKind) return refuse('WRONG_KIND');
  if (signed === digest) return { kind: 'repeat', slot, digest, message };
  if (signed !== undefined && rules.slots) return refuse('CONFLICTING_SLOT');
  if (isOver(context, state, { request, row, rules })) return refuse('STALE_SLOT');
  const fault = groundsFault({ context, state, facts, rules }, request, row);
  if (fault !== undefined) return refuse(fault);
  if (statement.view > proven(state, facts) + table.viewJumpMax) return refuse('VIEW_JUMP');
  const nextState = stateAfter(context, state, {
    slot,
    digest,
    statement,
    row,
    proven: proven(state, facts),
  });
  return { kind: 'sign', slot, digest, message, nextState };
}

function slotOf({ epoch, statement }: CustodyRequest, row: KindRow | undefined): Slot {
  const { instance, view, kind } = statement;
  return { epoch, instance, view: row?.final === true ? (0n as View) : view, kind };
}

/** Whether the protocol has such a statement: of a view and an instance that there are, and of a block or of none. */
function isShaped(
  { table }: CustodyContext,
  { view, instance, block, reports }: CustodyRequest['statement'],
  { leaves }: KindRow,
): boolean {
  if (view < table.firstView || (table.instances === 'one' && instance !== 0n)) return false;
  if (leaves === undefined) return block !== undefined && reports.length === 0;
  return block === undefined && (table.instances !== 'one' || reports.length === 1);
}

function bindingFault(
  { set, me }: CustodyContext,
  state: CustodyState,
  { session, chain, epoch }: CustodyRequest,
): RefusalReason | undefined {
  if (state.mode !== 'active') return 'QUARANTINED';
  if (session !== state.session) return 'SESSION_FENCED';
  if (chain !== state.chain) return 'WRONG_CHAIN';
  if (epoch !== state.epoch || epoch !== set.epoch) return 'WRONG_EPOCH';
  return me === undefined ? 'NOT_MEMBER' : undefined;
}

interface Asked {
  readonly request: CustodyRequest;
  readonly row: KindRow;
  readonly rules: Rules;
}

/** Below the mark, or in an instance or a view that was left; or the very slot of the mark, whose digest is forgotten. */
function isOver({ table }: CustodyContext, state: CustodyState, { request, row, rules }: Asked): boolean {
  const { instance, view } = request.statement;
  const mark = state.marks.get(instance);
  const order = mark === undefined ? 1 : compareMarks({ view, step: row.step }, mark);
  if (order === 0) return rules.slots;
  if (!rules.marks) return false;
  const isClosed = row.leaves !== 'everywhere' && instance < state.openFrom;
  const isBeyond = table.instances === 'window' && instance > state.openFrom + WINDOW_MAX;
  return isClosed || isBeyond || view < state.viewFrom || order < 0;
}

function proven(state: CustodyState, facts: FactBook): View {
  return facts.provenView > state.proven ? facts.provenView : state.proven;
}
