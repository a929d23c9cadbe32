import type { CustodyMode, CustodyState } from './custody-state.ts';

/** The state with a new session: holders of an older one are refused from now on (newest wins, no clock). */
export function withNewSession(state: CustodyState): CustodyState {
  return { ...state, session: state.session + 1n };
}

export function withMode(state: CustodyState, mode: CustodyMode): CustodyState {
  return { ...state, mode };
}
