import type { MemberIndex } from '#libs/chain/ids.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { ClockPort } from './engine-ports.ts';

/** Signatures are verified by the hundred in this time, so room comes; it is not waited for in a hurry. */
export const ASK_AGAIN_MS = 50;

type Verify<T> = (asked: T, done: (ok: boolean, cause?: RefusalCause) => void, from?: MemberIndex) => void;

/**
 * Asks again what was not verified for want of room. Another member is told so, and comes back; but what this member
 * asks itself decides whether a block is invalid, and "not now" is not "false": more than f members that took it for
 * one could not decide that block any more.
 */
export class Patience {
  readonly #clock: ClockPort;
  readonly #waiting = new Set<() => void>();
  #isStopped = false;

  constructor(clock: ClockPort) {
    this.#clock = clock;
  }

  /** The same, but that what nobody brings (`from` is left out) is judged sooner or later; never after `stop`. */
  around<T>(verify: Verify<T>): Verify<T> {
    const patient: Verify<T> = (asked, done, from) => {
      if (from !== undefined) return verify(asked, done, from);
      verify(asked, (ok, cause) => {
        if (ok || cause !== 'overloaded') return done(ok, cause);
        this.#later(() => patient(asked, done));
      });
    };
    return patient;
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  #later(again: () => void): void {
    if (this.#isStopped) return;
    const cancel = this.#clock.after(ASK_AGAIN_MS, () => {
      this.#waiting.delete(cancel);
      again();
    });
    this.#waiting.add(cancel);
  }
}
