import { isSameStatement } from '../evidence.ts';
import type { Grounds } from '../grounds.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import type { VoteStatement } from '../vote/statement.ts';
import type { RoundsStatement } from './message.ts';
import { isRecordAhead, type RoundsState, type RoundsTurn, roundsRecord } from './state.ts';
import { leaveStatement } from './statements.ts';

/** Sends an own statement to all, now and with each repetition until the view or the height ends. */
export function sayToAll(turn: RoundsTurn, message: RoundsStatement): void {
  turn.emit({ kind: 'transmit', to: 'all', message });
  turn.change({ outbox: [...turn.at.outbox, message] });
}

/**
 * Records the statement with all that justifies it, then has it signed.
 * @param entry - The proof that its view was reached; of the own entry, when left out.
 */
export function askSigned(
  turn: RoundsTurn,
  statement: VoteStatement,
  grounds: Grounds,
  entry: LeaveCertificate | undefined = turn.at.entered,
): void {
  const { signed } = turn.at;
  if (!signed.some((each) => isSameStatement(each, statement))) {
    turn.change({ signed: [...signed, statement] });
  }
  const { tip } = turn.state;
  const shown = tip && { entry: { commit: tip.certificate, timeoutCertificate: entry } };
  turn.emit({
    kind: 'sign',
    record: roundsRecord(turn.state),
    statement,
    grounds: { ...grounds, ...shown, ...openingOf(turn.state) },
  });
}

/** Makes the state durable, unless a record of a later height is: that one says where this member stopped. */
export function persistRound(turn: RoundsTurn): void {
  if (isRecordAhead(turn.state)) return;
  turn.emit({ kind: 'persist', record: roundsRecord(turn.state) });
}

/** Has the leave of this view signed, with the very report that was recorded. A signer repeats its signature, so to ask again is safe. */
export function askLeave(turn: RoundsTurn): void {
  const { left, view, height } = turn.at;
  if (left?.view !== view) return;
  const { prepared } = left;
  const statement = leaveStatement(turn.state.context.table, { height, view, prepared });
  askSigned(turn, statement, prepared === undefined ? {} : { certificate: prepared });
}

/** The decided block that the height stands on: its header says who leads. The members before decided the root of the epoch. */
function openingOf({ tip, context: { root } }: RoundsState): Pick<Grounds, 'opening'> {
  if (tip === undefined || tip.header.height <= root.height) return {};
  return { opening: { certificate: tip.certificate, header: tip.header } };
}
