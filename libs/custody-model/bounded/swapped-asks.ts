import { assert } from '#libs/assert/assert.ts';
import type { AskPlan } from './ask-places.ts';

/** The request in the place of each when the two blocks of the heights in `swap` change places. */
export function swappedAsks({ asks, places }: AskPlan, swap: number): readonly number[] {
  const nameOf = (at: number, flips: number): string => {
    const [place, kind] = [places[at], asks[at]?.statement.kind];
    if (place === undefined) return '';
    const { height, view, on, isLeave } = place;
    const about = isLeave ? places[on] : place;
    const flip = (flips >> height) & 1;
    const block = about === undefined ? '-' : about.block ^ flip;
    return `${kind} ${height}/${view} ${isLeave ? about?.view : ''} ${block}`;
  };
  const byName = new Map(places.map((_, at) => [nameOf(at, 0), at]));
  return places.map((_, at) => {
    const found = byName.get(nameOf(at, swap));
    assert(found !== undefined, `${asks[at]?.name} has a mirror`);
    return found;
  });
}
