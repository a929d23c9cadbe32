import type { Height, MemberIndex, View } from '#libs/chain/ids.ts';
import type { FailedView } from '#libs/engine/ports/engine-ports.ts';
import type { LogFields, Logger } from '#libs/log/logger.ts';
import type { EntryCause } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';

/** A view that this member entered, at the height that is being decided. */
export interface EnteredView {
  readonly height: Height;
  readonly view: View;
  readonly leader: MemberIndex;
  readonly leaderName: string;
  /** Whether a quorum gave the view before up. */
  readonly afterTimeout: boolean;
  /** The failure of the view before; undefined where it did not fail, or this member gave it up before it was started again. */
  readonly failed: (FailedView & { readonly leaderName: string }) | undefined;
}

/** A listener that is told of each view that this member enters. */
export type ViewListener = (entered: EnteredView) => void;

/** Logs the views that are entered and those that fail, and passes the entered ones on. */
export class ViewReports {
  readonly #log: Logger;
  readonly #nameOf: (member: MemberIndex) => string;
  readonly #listeners: ViewListener[] = [];
  #failed: FailedView | undefined;

  constructor(log: Logger, nameOf: (member: MemberIndex) => string) {
    this.#log = log;
    this.#nameOf = nameOf;
  }

  listen(listener: ViewListener): void {
    this.#listeners.push(listener);
  }

  failed(failed: FailedView): void {
    this.#failed = failed;
    const { height, position, leader } = failed;
    const fields = { height, view: position.view, leader: this.#nameOf(leader), ...causeFields(failed) };
    this.#log.info('view failed', fields);
  }

  entered(position: Position, leader: MemberIndex, cause: EntryCause, height: Height): void {
    const { view } = position;
    const [leaderName, afterTimeout] = [this.#nameOf(leader), cause === 'leave'];
    const failed = afterTimeout ? this.#failedBefore(position) : undefined;
    const fields = { height, view, leader: leaderName };
    const before = this.#before(failed);
    if (afterTimeout) this.#log.info('view timed out, entered the next', { ...fields, ...before });
    else this.#log.debug('view entered', fields);
    const named = failed && { ...failed, leaderName: this.#nameOf(failed.leader) };
    const entered = { height, view, leader, leaderName, afterTimeout, failed: named };
    for (const listener of this.#listeners) listener(entered);
  }

  /** The newest failure, if it is that of the view before: after a restart none may have been told. */
  #failedBefore({ instance, view }: Position): FailedView | undefined {
    const newest = this.#failed?.position;
    return newest?.instance === instance && newest.view === view - 1n ? this.#failed : undefined;
  }

  #before(failed: FailedView | undefined): LogFields {
    if (failed === undefined) return {};
    const { position, leader } = failed;
    return { failed_view: position.view, failed_leader: this.#nameOf(leader), ...causeFields(failed) };
  }
}

/** The cause as far as it is known: a field that is not known is left out. */
function causeFields({ cause, isProposed }: FailedView): LogFields {
  return { cause, proposal_seen: isProposed };
}
