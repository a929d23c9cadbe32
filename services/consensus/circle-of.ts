import type { Epoch } from '#libs/chain/ids.ts';
import { circleKeys } from '#libs/engine/membership/circle.ts';
import type { Circle } from './adapters/gateway-link.ts';
import { type LoadedChain, placeIn } from './adapters/load-chain.ts';

/** Whom this member meets at the moment. */
export function circleOf({ book, name }: LoadedChain, guests: readonly Uint8Array[]): Circle {
  const { current } = book;
  const { epoch, set } = current;
  const before = epoch === 0n ? undefined : book.epoch((epoch - 1n) as Epoch);
  return { epoch, keys: circleKeys(current, before, guests), me: placeIn(set, name) };
}
