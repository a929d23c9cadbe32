import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { MembershipPolicy } from '#libs/membership/policy.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { Broken, Byzantine } from './plan.ts';
import type { PlannedChange } from './whole-plan.ts';

export interface ChangeChoices {
  readonly random: Prng;
  readonly members: number;
  readonly gstMs: number;
  readonly policy: MembershipPolicy;
  /** Lies that a newcomer may tell. */
  readonly actors: readonly string[];
  readonly byzantine: readonly Byzantine[];
  readonly broken: readonly Broken[];
}

export interface DrawnChanges {
  readonly newcomers: number;
  readonly changes: readonly PlannedChange[];
  readonly byzantine: readonly Byzantine[];
}

const MEMBERS_MIN = 4;
const MEMBERS_MAX = 12;

/** Sizes that a federation of so many founders grows and shrinks to. */
export function sizesAround(founders: number): Pick<MembershipPolicy, 'membersMin' | 'membersMax'> {
  return { membersMin: Math.min(MEMBERS_MIN, founders), membersMax: Math.max(MEMBERS_MAX, founders) };
}

const LIAR_RATE = 0.3;

/**
 * Members that join, leave, are replaced one by one, in parts, or all at once: each change allowed by the policy, and at
 * no time more than f members that lie or are broken. Liars leave and join like anyone.
 */
export function drawChanges(choices: ChangeChoices, count: number): DrawnChanges {
  const draft = new Draft(choices);
  const times = Array.from({ length: count }, () =>
    choices.random.int(0, Math.floor((choices.gstMs * 3) / 4)),
  ).sort((a, b) => a - b);
  for (const atMs of times) draft.change(atMs);
  return draft;
}

class Draft implements DrawnChanges {
  readonly changes: PlannedChange[] = [];
  newcomers = 0;
  byzantine: readonly Byzantine[];
  readonly #choices: ChangeChoices;
  #nodes: readonly MemberIndex[];

  constructor(choices: ChangeChoices) {
    this.#choices = choices;
    this.byzantine = choices.byzantine;
    this.#nodes = Array.from({ length: choices.members }, (_, node) => toMemberIndex(node));
  }

  change(atMs: number): void {
    const { leaving, joining } = this.#numbers();
    const leave = this.#choices.random.shuffle(this.#nodes).slice(0, leaving);
    const first = this.#choices.members + this.newcomers;
    const join = Array.from({ length: joining }, (_, at) => toMemberIndex(first + at));
    const nodes = [...this.#nodes.filter((node) => !leave.includes(node)), ...join];
    if (leaving + joining === 0 || !this.#isBearable(nodes, this.byzantine)) return;
    this.newcomers += joining;
    this.changes.push({ atMs, leave, join });
    this.#nodes = nodes;
    for (const node of join) this.#corrupt(node);
  }

  /** Draws how many members leave and join, within the policy. */
  #numbers(): { readonly leaving: number; readonly joining: number } {
    const { random, policy } = this.#choices;
    const size = this.#nodes.length;
    const most = Math.min(policy.growthMax, policy.membersMax - size, 2);
    switch (random.pick(['join', 'leave', 'replace', 'replace', 'all'] as const)) {
      case 'join':
        return { leaving: 0, joining: most > 0 ? random.int(1, most) : 0 };
      case 'leave':
        return { leaving: Math.min(random.int(1, 2), size - policy.membersMin), joining: 0 };
      case 'replace': {
        const replaced = random.int(1, Math.min(3, size));
        return { leaving: replaced, joining: replaced };
      }
      case 'all':
        return { leaving: size, joining: size };
    }
  }

  /** A newcomer lies now and then, as far as its members bear it. */
  #corrupt(node: MemberIndex): void {
    const { random, actors } = this.#choices;
    if (actors.length === 0 || !random.chance(LIAR_RATE)) return;
    const byzantine = [...this.byzantine, { member: node, actor: random.pick(actors) }];
    if (this.#isBearable(this.#nodes, byzantine)) this.byzantine = byzantine;
  }

  #isBearable(nodes: readonly MemberIndex[], byzantine: readonly Byzantine[]): boolean {
    const faulty = new Set([...byzantine, ...this.#choices.broken].map(({ member }) => member));
    return nodes.filter((node) => faulty.has(node)).length <= Math.floor((nodes.length - 1) / 3);
  }
}
