import type { CustodyState } from '#libs/custody/custody-state.ts';

/**
 * The part of a signer's state that its host can reset, as by a restored backup: at any moment, as often as the host
 * likes.
 */
export type Amnesia = 'lock' | 'mark';

/** The state after its host reset that part; undefined: it cannot. */
export function forgotten(state: CustodyState, amnesia: Amnesia | undefined): CustodyState {
  switch (amnesia) {
    case 'lock':
      return { ...state, lock: undefined };
    case 'mark':
      return { ...state, marks: new Map(), signed: new Map() };
    default:
      return state;
  }
}
