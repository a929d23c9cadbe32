import type { NodeOwner } from './node-owner.ts';

/** The part of a node that its stores need: a disk, and a say in each write. */
export interface StoreOwner extends Pick<NodeOwner, 'disk' | 'endpoint' | 'effect' | 'observe'> {
  readonly setting: Pick<NodeOwner['setting'], 'judge'>;
}
