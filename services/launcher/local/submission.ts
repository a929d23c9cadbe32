import { performance } from 'node:perf_hooks';
import type { Digest } from '#libs/chain/ids.ts';
import { Backoff, mayPass } from '#libs/client/backoff.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { statusOf } from '../adapters/member-client.ts';
import { pause } from '../adapters/pause.ts';
import { errorCodeOf } from '../core/error-code.ts';
import { inLanes } from '../core/lanes.ts';
import { CliError } from '../words/errors.ts';
import { RETRY_LIMITS } from '../words/limits.ts';
import type { LocalMember } from './local-federation.ts';
import { isUnanswered, type SilentMembers } from './silent-members.ts';

export interface SubmissionOptions {
  readonly members: readonly LocalMember[];
  /** Handed in and not yet final, at most. */
  readonly inFlight: number;
  /** One transaction must be final within this. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Tells of members that do not answer. */
  readonly silent: SilentMembers;
}

/** A transaction that one member made final. */
export interface Committed {
  readonly hash: Digest;
  /** Submit call until final, in milliseconds. */
  readonly commitMs: number;
}

/**
 * Hands each transaction to one member, in turn, and waits until it is final there. A transaction that was not final
 * in time is left out.
 * @throws CliError when a member refuses a transaction, or gives no answer in that time.
 */
export async function commitAll(
  transactions: readonly Uint8Array[],
  options: SubmissionOptions,
): Promise<readonly Committed[]> {
  const { members, inFlight } = options;
  const committed = await inLanes(transactions, inFlight, (transaction, index) =>
    commitOne({ transaction, index, member: memberFor(index, members) }, options),
  );
  return committed.filter((each) => each !== undefined);
}

/** Waits until these transactions are final on every member, and counts those that became final in time. */
export async function countFinalEverywhere(
  committed: readonly Committed[],
  options: SubmissionOptions,
): Promise<number> {
  const everywhere = await inLanes(committed, options.inFlight, async ({ hash }) => {
    const answers = await Promise.all(options.members.map((member) => isFinal(hash, member, options)));
    return answers.every(Boolean);
  });
  return everywhere.filter(Boolean).length;
}

interface Handing {
  readonly transaction: Uint8Array;
  readonly index: number;
  readonly member: LocalMember;
}

/** Undefined when it was not final in time. */
async function commitOne(handing: Handing, options: SubmissionOptions): Promise<Committed | undefined> {
  const { transaction, index, member } = handing;
  const start = performance.now();
  try {
    const { hash } = await patiently(member, options, (call) => member.client.submit(transaction, call));
    if (!(await isFinal(hash, member, options))) return undefined;
    return { hash, commitMs: performance.now() - start };
  } catch (cause) {
    if (!(cause instanceof AppError) || cause instanceof CliError) throw cause;
    if (isUnanswered(cause))
      throw options.silent.lost(member.name, `transactions[${index}] was not handed in`, cause);
    const message = `${member.name} refused transactions[${index}]: ${cause.message}`;
    throw new CliError(message, { code: 'CLI_INVALID_INPUT', errorCode: errorCodeOf(cause) }, { cause });
  }
}

async function isFinal(hash: Digest, member: LocalMember, options: SubmissionOptions): Promise<boolean> {
  try {
    await patiently(member, options, (call) => member.client.wait(hash, call));
    return true;
  } catch (error) {
    if (statusOf(error) === 'DEADLINE_EXCEEDED') return false;
    if (!isUnanswered(error)) throw error;
    throw options.silent.lost(member.name, `it is not known whether ${hash} is final there`, error);
  }
}

/** Tries again while the refusal is one that passes, until the deadline. */
async function patiently<T>(
  { name }: LocalMember,
  { deadlineMs, signal, silent }: SubmissionOptions,
  attempt: (call: { readonly deadlineMs: number; readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  const backoff = new Backoff(RETRY_LIMITS);
  for (;;) {
    signal.throwIfAborted();
    const leftMs = Math.max(1, end - performance.now());
    try {
      const answer = await attempt({ deadlineMs: leftMs, signal });
      silent.answered(name);
      return answer;
    } catch (error) {
      const waitMs = backoff.nextMs();
      // A member that restarts is back within seconds; its errors until then are no refusals.
      const now = performance.now();
      if (!mayPass(error) || end - now <= waitMs) throw error;
      if (isUnanswered(error)) silent.unanswered(name, { nowMs: now, leftMs: end - now });
      await pause(waitMs, signal);
    }
  }
}

function memberFor(index: number, members: readonly LocalMember[]): LocalMember {
  const member = members[index % members.length];
  if (member === undefined) throw new Error('a federation has members');
  return member;
}
