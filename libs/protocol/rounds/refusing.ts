import type { Admission, Fault, RefusalCause } from '../module.ts';
import type { Position } from '../vote/position.ts';

export const ADMITTED: Admission = { ok: true };

export function byRoundFault(fault: Fault | undefined): Admission {
  return fault === undefined ? ADMITTED : refusal('invalid', { fault });
}

/** @param behind - The position of a sender that should be helped, or be asked where it is ahead. */
export function refusal(
  cause: RefusalCause,
  { fault, behind }: { readonly fault?: Fault; readonly behind?: Position | undefined } = {},
): Admission {
  return {
    ...{ ok: false, cause },
    ...(fault === undefined ? {} : { fault }),
    ...(behind === undefined ? {} : { behind: { at: behind, decided: behind } }),
  };
}
