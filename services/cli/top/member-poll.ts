import type { FederationClient } from '#libs/client/client.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { GetStatusResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { statusOf } from '#services/launcher/adapters/member-client.ts';

/** The part of a member's client API that a view of it needs. */
export type PolledClient = Pick<FederationClient, 'status' | 'validators'>;

export interface PolledMember {
  /** As it is called where it was found; its own answer wins. */
  readonly name: string;
  readonly address: string;
  readonly client: PolledClient;
}

/** The newest word of a member. */
export type MemberAnswer =
  | { readonly kind: 'none-yet' }
  | { readonly kind: 'status'; readonly status: GetStatusResponse; readonly leader: string }
  | { readonly kind: 'silent'; readonly sentence: string };

/** One question at a time to one member: a slow one holds up neither the others nor itself. */
export class MemberPoll {
  readonly member: PolledMember;
  readonly #deadlineMs: number;
  #latest: MemberAnswer = { kind: 'none-yet' };
  #asking: Promise<void> | undefined;
  /** Names of the members of one epoch, by their numbers. */
  #epoch: { readonly number: bigint; readonly names: readonly string[] } | undefined;

  constructor(member: PolledMember, deadlineMs: number) {
    this.member = member;
    this.#deadlineMs = deadlineMs;
  }

  get latest(): MemberAnswer {
    return this.#latest;
  }

  /** Asks, unless a question is under way. Never rejects for a member that is down. */
  ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      const status = await this.member.client.status({ deadlineMs: this.#deadlineMs });
      this.#latest = { kind: 'status', status, leader: await this.#leaderOf(status) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#latest = { kind: 'silent', sentence: silence(error, this.member.address) };
    }
  }

  /** The members of an epoch are asked for once. */
  async #leaderOf({ header, leader }: GetStatusResponse): Promise<string> {
    const number = header?.epoch ?? 0n;
    if (this.#epoch?.number !== number) {
      const { members } = await this.member.client.validators({ deadlineMs: this.#deadlineMs });
      this.#epoch = { number, names: members.map(({ name }) => name) };
    }
    return this.#epoch.names[leader] ?? `member ${leader}`;
  }
}

function silence(error: AppError, address: string): string {
  switch (statusOf(error)) {
    case 'UNAVAILABLE':
      return `no answer at ${address}: it is down`;
    case 'DEADLINE_EXCEEDED':
      return `no answer from ${address} in time: it is paused, stuck or busy`;
    default:
      return error.message;
  }
}
