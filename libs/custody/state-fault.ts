import { compareMarks, slotNamed } from '#libs/protocol/vote/slot.ts';
import type { CustodyState } from './custody-state.ts';

/** A contradiction within a state, which shows that its record or file is damaged; undefined when there is none. */
export function stateFault(state: Omit<CustodyState, 'mode' | 'nonce'>): string | undefined {
  const { marks, signed, epoch, openFrom, isRecovered } = state;
  const slots = [...signed.keys()].map(slotNamed);
  const hasSigned = slots.some((slot) => slot.epoch === epoch && slot.instance >= openFrom);
  // A recovered key has a mark that no signature set.
  const isAlone = hasSigned ? marks.size === 0 : marks.size > 0 && !isRecovered;
  if (isAlone) return 'signatures without a mark, or a mark without';
  const isAbove = slots.some(({ epoch: of, instance, view }) => {
    const mark = marks.get(instance);
    if (of < epoch || instance < openFrom) return false;
    return of > epoch || mark === undefined || compareMarks({ view, step: 0 }, { ...mark, step: 0 }) > 0;
  });
  if (isAbove) return 'a signed slot lies above its mark';
  return undefined;
}
