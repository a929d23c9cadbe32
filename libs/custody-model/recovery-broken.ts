import type { HotStuffAsk } from './hotstuff-asks.ts';
import type { KeyNode } from './key-world.ts';
import { type ModelWorld, PHASES } from './model-world.ts';

export const RECOVERY_PROMISES = {
  fork: 'fork',
  twice: 'double-sign',
  against: 'a vote against the block that the key came back on',
} as const;

interface Signed {
  readonly keys: readonly KeyNode[];
  readonly certified: readonly boolean[];
}

/** Two blocks final that stand against each other, or two signatures of one key for one slot. */
export function recoveryBroken(
  { rivals }: ModelWorld,
  asks: readonly HotStuffAsk[],
  { keys, certified }: Signed,
): string | undefined {
  for (const { signed } of keys) {
    const slots = signed.map((index) => slotOf(asks[index]));
    if (new Set(slots).size < slots.length) return RECOVERY_PROMISES.twice;
  }
  const isFinal = (block: number) => certified[block * PHASES.length + PHASES.length - 1] === true;
  return rivals.some((against, block) => isFinal(block) && against.some(isFinal))
    ? RECOVERY_PROMISES.fork
    : undefined;
}

/** Whether the lock of a recovered key must refuse this vote. @param role - Such as "back on 3": the block of that lock. */
export function votesAgainst({ rivals }: ModelWorld, role: string, { about, request }: HotStuffAsk): boolean {
  const [, on] = /^back on (\d+)/.exec(role) ?? [];
  const against = on === undefined ? [] : rivals[Number(on)];
  return request.statement.kind === 'prepare' && about !== undefined && against?.includes(about) === true;
}

function slotOf(ask: HotStuffAsk | undefined): string {
  const { kind, view } = ask?.request.statement ?? {};
  return `${kind} ${view}`;
}
