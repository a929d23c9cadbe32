/** A member as the guard counts it. */
export interface CountedMember {
  readonly name: string;
  readonly weight: bigint;
}

/** A member that does not count, and why. */
export interface AbsentMember {
  readonly name: string;
  readonly reason: string;
}

/** The facts that are known when somebody wants to take a member down. */
export interface LeaveFacts {
  /** Name of the member that is to be taken down. */
  readonly leaving: string;
  /** All members of the epoch. */
  readonly members: readonly CountedMember[];
  /** The weight that decides. */
  readonly neededWeight: bigint;
  /** Members that do not decide at the moment; one may be named more than once. */
  readonly absent: readonly AbsentMember[];
}

export interface LeaveVerdict {
  /** Whether the others decide without the one that leaves. */
  readonly isSafe: boolean;
  /** Whether it is a member at all: a guest may leave at any time. */
  readonly isMember: boolean;
  readonly remaining: readonly string[];
  readonly remainingWeight: bigint;
  readonly neededWeight: bigint;
  /** Other members that do not count, each once, with the first reason. */
  readonly absent: readonly AbsentMember[];
}

/** Whether the members that are there decide without one of them. */
export function judgeLeave({ leaving, members, neededWeight, absent }: LeaveFacts): LeaveVerdict {
  const isMember = members.some(({ name }) => name === leaving);
  const others = members.filter(({ name }) => name !== leaving);
  const away = others.flatMap(({ name }) => absent.find((each) => each.name === name) ?? []);
  const remaining = others.filter(({ name }) => away.every((each) => each.name !== name));
  const remainingWeight = remaining.reduce((sum, { weight }) => sum + weight, 0n);
  return {
    isSafe: !isMember || remainingWeight >= neededWeight,
    isMember,
    remaining: remaining.map(({ name }) => name),
    remainingWeight,
    neededWeight,
    absent: away,
  };
}

/** The verdict in one sentence. */
export function leaveText(leaving: string, verdict: LeaveVerdict): string {
  const { isSafe, isMember, remaining, remainingWeight, neededWeight, absent } = verdict;
  if (!isMember) return `${leaving} is a guest: the members decide without it`;
  const left = `without ${leaving} ${remaining.length} members are left, with weight ${remainingWeight} of the ${neededWeight} that decide`;
  const away = absent.map(({ name, reason }) => `${name} (${reason})`).join(', ');
  const counted = absent.length === 0 ? 'all others are there' : `not counted: ${away}`;
  return isSafe
    ? `${leaving} may be taken down: ${left}; ${counted}`
    : `${leaving} must stay up, or no block becomes final: ${left}; ${counted}`;
}
