import type { CustodyState, Remembered } from '#libs/custody/custody-state.ts';

/** The part of a state that later decisions depend on, save the slots, which follow from the signatures. */
export function stateName(state: CustodyState): string {
  const { mode, epoch, session, openFrom, viewFrom, proven, marks, high, lock } = state;
  const marked = [...marks].map(([instance, { view, step }]) => `${instance}:${view}.${step}`).sort();
  const highs = [...high].map(([instance, each]) => `${instance}:${remembered(each)}`).sort();
  return [mode, epoch, session, openFrom, viewFrom, proven, marked, highs, remembered(lock)].join(' ');
}

function remembered(found: Remembered | undefined): string {
  return found === undefined ? '-' : `${found.view}/${found.digest.slice(0, 8)}`;
}
