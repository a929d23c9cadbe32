import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Digest } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { until } from '#test/support/within.ts';
import type { LocalMembers, RunningMember } from './local-members.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;

/** The member that is far behind, the last of four. */
const LATE = 3;
/** The services that are away with it, in the order in which they start. */
const AWAY = ['gateway', 'consensus'] as const;

/**
 * A member of four that takes the state of the others, because it is more than a few blocks behind. Each method
 * checks one step of that.
 */
export class LateMember {
  readonly #federation: LocalMembers;
  readonly #blocks: number;
  #missed = 0;

  /** @param snapshotBlocks - As the members were told: twice as many blocks are missed. */
  constructor(federation: LocalMembers, snapshotBlocks: number) {
    this.#federation = federation;
    this.#blocks = 2 * snapshotBlocks;
  }

  get #late(): RunningMember {
    return this.#federation.members[LATE] ?? assert.fail('four members');
  }

  /** The member whose answers count. */
  get first(): FederationClient {
    return this.#federation.members[0]?.client ?? assert.fail('four members');
  }

  get client(): FederationClient {
    return this.#late.client;
  }

  get home(): string {
    return this.#late.facts.paths.home;
  }

  async makeFinal(text: string): Promise<Digest> {
    const { hash } = await this.first.submit(Buffer.from(text));
    await this.first.wait(hash, { deadlineMs: FINAL_MS });
    return hash;
  }

  /** With its gateway, which would keep messages for it: with those it comes closer before it sees how far behind it is. */
  leave(): void {
    for (const service of AWAY) this.#federation.kill(LATE, service);
  }

  /** @returns the hashes of the transactions that it missed, one in each block. */
  async miss(): Promise<readonly Digest[]> {
    const missed: Digest[] = [];
    for (let at = 0; at < this.#blocks; at++) missed.push(await this.makeFinal(`missed ${this.#missed++}`));
    return missed;
  }

  /** Starts the member, which reaches the others' height of then by a snapshot. */
  async comeBack(): Promise<void> {
    const before = this.#snapshots();
    for (const service of AWAY) await this.#federation.restart(LATE, service);
    await this.#reaches(await heightOf(this.first));
    assert.equal(this.#snapshots(), before + 1, `it took one snapshot. Its log:\n${this.#log()}`);
  }

  /** The blocks before the snapshot are there too, and are those of the others. */
  async hasAllHistory(): Promise<void> {
    const wholeHistory = async () => (await this.client.status()).missingHistory === undefined;
    await until('the history', passing(wholeHistory), FINAL_MS);
    const target = await heightOf(this.first);
    await this.#reaches(target);
    for (let height = 1n; height <= target; height++) {
      assert.equal((await this.client.getHeader(height)).digest, (await this.first.getHeader(height)).digest);
    }
  }

  /** One of the four is gone for this: the late member is needed. */
  async isNeededWithout(member: number, work: () => Promise<unknown>): Promise<void> {
    this.#federation.kill(member, 'consensus');
    await work();
    await this.#federation.restart(member, 'consensus');
  }

  async reachesEpoch(epoch: bigint): Promise<void> {
    const isThere = async () => (await this.client.status()).header?.epoch === epoch;
    await until(`epoch ${epoch}`, passing(isThere), FINAL_MS);
  }

  async #reaches(height: bigint): Promise<void> {
    await until(
      `height ${height}`,
      passing(async () => (await heightOf(this.client)) >= height),
      FINAL_MS,
    );
  }

  #snapshots(): number {
    return this.#log().split('state taken from a snapshot').length - 1;
  }

  #log(): string {
    return readFileSync(this.#late.facts.log.file?.path ?? assert.fail('members write a log'), 'utf8');
  }
}

/** Somebody who does not answer is asked again. */
function passing(isSo: () => Promise<boolean>): () => Promise<boolean> {
  return () => isSo().catch(() => false);
}

async function heightOf(client: FederationClient): Promise<bigint> {
  return (await client.status()).header?.finalHeight ?? 0n;
}
