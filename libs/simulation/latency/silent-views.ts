import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Position } from '#libs/protocol/vote/position.ts';

interface SilentView {
  readonly leader: MemberIndex;
  /** The longest wait after which somebody gives it up. */
  timeoutMs: number;
}

/** The views whose leader says nothing while it is in them: the first so many of a decision. */
export class SilentViews {
  readonly #silent = new Map<string, SilentView>();
  readonly #seen = new Set<string>();
  /** The view that somebody entered last: between decisions all are in it. */
  #newest: readonly [Position, MemberIndex] | undefined;
  #left = 0;

  /** Begins a decision whose first `count` views fail. */
  begin(count: number): void {
    this.#silent.clear();
    this.#seen.clear();
    this.#left = count;
    if (this.#newest !== undefined) this.entered(...this.#newest);
  }

  /** A view that somebody is in, and the leader that it expects there. */
  entered(position: Position, leader: MemberIndex): void {
    this.#newest = [position, leader];
    const name = nameOf(position);
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    if (this.#left === 0) return;
    this.#left -= 1;
    this.#silent.set(name, { leader, timeoutMs: 0 });
  }

  /** Views that were entered since the decision began. */
  get views(): number {
    return this.#seen.size;
  }

  isSilent(member: MemberIndex, position: Position): boolean {
    return this.#silent.get(nameOf(position))?.leader === member;
  }

  waits(position: Position, timeoutMs: number): void {
    const view = this.#silent.get(nameOf(position));
    if (view !== undefined) view.timeoutMs = Math.max(view.timeoutMs, timeoutMs);
  }

  /** The sum of the waits for the silent leaders. */
  get timeoutMs(): number {
    return [...this.#silent.values()].reduce((sum, view) => sum + view.timeoutMs, 0);
  }
}

function nameOf({ instance, view }: Position): string {
  return `${instance} ${view}`;
}
