import { quorumOf } from '#libs/protocol/quorum.ts';
import type { Perturbation } from './manifest.ts';

/** A decision that was under way may still come, and a busy machine tells of it late. */
const SPLIT_GRACE_MS = 10_000;

/** Whether a perturbation leaves no group that can decide. */
export function isWithoutQuorum(what: Perturbation, members: number): boolean {
  if (what.kind !== 'partition') return false;
  const { commitWeight } = quorumOf(BigInt(members));
  return what.groups.every((group) => BigInt(group.length) < commitWeight);
}

/** A violation where a height grew in such a split (TW-2.3.7), by times of one clock in milliseconds. */
export function splitFault(what: Perturbation, cutMs: number, grewMs: number): string | undefined {
  const afterMs = grewMs - cutMs;
  if (afterMs <= SPLIT_GRACE_MS) return undefined;
  return `a height grew ${Math.round(afterMs)} ms after ${JSON.stringify(what)}, where no group has a quorum`;
}
