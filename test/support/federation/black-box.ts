import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { Acknowledged, SteadyLoad } from './steady-load.ts';

const LOOK_MS = 100;
/** An answer that a busy machine gives late is an answer. */
const LOOK_DEADLINE_MS = 10_000;
const BLOCKS_AT_ONCE = 16;

/** A height and the state root that a member said it has there. */
interface Saying {
  readonly member: number;
  readonly height: bigint;
  readonly stateRoot: string;
}

/** Watches all members all the time, through the public API alone, and remembers their answers. */
export class Onlooker implements AsyncDisposable {
  readonly #clients: readonly FederationClient[];
  readonly #violations: string[] = [];
  /** Answers by member, height and root: a repeated answer is not kept twice. */
  readonly #sayings = new Map<string, Saying>();
  readonly #heights = new Map<number, bigint>();
  readonly #abort = new AbortController();
  #highest = 0n;
  #grewAtMs = performance.now();
  #stallMsMax = 0;
  #running: Promise<unknown> | undefined;

  constructor(clients: readonly FederationClient[]) {
    this.#clients = clients;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  get sayings(): readonly Saying[] {
    return [...this.#sayings.values()];
  }

  /** Highest final height that any member spoke of. */
  get height(): bigint {
    return this.#highest;
  }

  /** When it grew last, of `performance.now()`. */
  get grewAtMs(): number {
    return this.#grewAtMs;
  }

  /** Longest time in which no member had a new final block. */
  get stallMsMax(): number {
    return this.#stallMsMax;
  }

  start(): void {
    this.#running = Promise.all(this.#clients.map((_, member) => this.#watch(member)));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #watch(member: number): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await this.#look(member).catch(ignorePassing);
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(member: number): Promise<void> {
    const { header, stateRoot } = await this.#clients[member]!.status({ deadlineMs: LOOK_DEADLINE_MS });
    const height = header?.finalHeight ?? 0n;
    const before = this.#heights.get(member) ?? 0n;
    if (height < before)
      this.#violations.push(`member ${member} went back from height ${before} to ${height}`);
    this.#heights.set(member, height);
    const saying = { member, height, stateRoot: toHex(stateRoot) };
    this.#sayings.set(`${member} ${height} ${saying.stateRoot}`, saying);
    if (height <= this.#highest) return;
    const nowMs = performance.now();
    this.#stallMsMax = Math.max(this.#stallMsMax, nowMs - this.#grewAtMs);
    this.#highest = height;
    this.#grewAtMs = nowMs;
  }
}

/** A member that is dead, paused or starting does not answer; anything else is a mistake of the test. */
export function ignorePassing(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error;
  return undefined;
}

/** The facts that are the same for all members: block and state root at one height. */
interface FinalBlock {
  readonly digest: Digest;
  readonly stateRoot: string;
  readonly transactions: readonly Digest[];
}

/** Waits until all members have the same final height, and tells it; undefined when they do not in time. */
export async function commonHeight(
  clients: readonly FederationClient[],
  patienceMs: number,
): Promise<bigint | undefined> {
  const endMs = performance.now() + patienceMs;
  while (performance.now() < endMs) {
    const heights = await Promise.all(
      clients.map((client) =>
        client
          .status({ deadlineMs: LOOK_DEADLINE_MS })
          .then(({ header }) => header?.finalHeight)
          .catch(ignorePassing),
      ),
    );
    if (heights.every((height) => height !== undefined && height === heights[0])) return heights[0];
    await sleep(LOOK_MS);
  }
  return undefined;
}

/** Where each member stands, for a person who must find out why they differ. */
export async function standings(clients: readonly Pick<FederationClient, 'status'>[]): Promise<string> {
  const all = clients.map(async (client, member) => {
    const status = await client.status({ deadlineMs: LOOK_DEADLINE_MS }).catch(ignorePassing);
    if (status === undefined) return `${member}: no answer`;
    const { header, targetHeight, connectedPeers, haltReason } = status;
    return `${member}: height ${header?.finalHeight} of ${targetHeight}, view ${header?.view}, ${connectedPeers} peers ${haltReason}`;
  });
  return (await Promise.all(all)).join('; ');
}

/** All blocks from genesis to `height` as one member has them, with their transactions. */
export async function chainOf(client: FederationClient, height: bigint): Promise<readonly FinalBlock[]> {
  const blocks: FinalBlock[] = [];
  for (let from = 0n; from <= height; from += BigInt(BLOCKS_AT_ONCE)) {
    const count = Math.min(BLOCKS_AT_ONCE, Number(height - from) + 1);
    const some = Array.from({ length: count }, (_, index) => client.getBlock(from + BigInt(index)));
    for (const { digest, header, transactions } of await Promise.all(some)) {
      blocks.push({
        digest,
        stateRoot: header.stateRoot,
        transactions: transactions.map((bytes) => transactionOf(bytes).hash),
      });
    }
  }
  return blocks;
}

/** Every way in which chains differ, or differ from what members and clients were told before. */
export function judgeChains(
  chains: readonly (readonly FinalBlock[])[],
  load: Pick<SteadyLoad, 'submitted' | 'acknowledged'>,
  sayings: readonly Saying[],
): readonly string[] {
  const [chain = []] = chains;
  return [
    ...chains.flatMap((each, member) => forksOf(chain, each, member)),
    ...transactionFaults(chain, load),
    ...sayings
      .filter(({ height, stateRoot }) => chain[Number(height)]?.stateRoot !== stateRoot)
      .map(({ member, height }) => `member ${member} once had another state at height ${height}`),
  ];
}

function forksOf(chain: readonly FinalBlock[], other: readonly FinalBlock[], member: number): string[] {
  const height = chain.findIndex(
    ({ digest, stateRoot }, at) => other[at]?.digest !== digest || other[at]?.stateRoot !== stateRoot,
  );
  return height < 0 ? [] : [`members 0 and ${member} differ at height ${height}`];
}

function transactionFaults(
  chain: readonly FinalBlock[],
  { submitted, acknowledged }: Pick<SteadyLoad, 'submitted' | 'acknowledged'>,
): string[] {
  const places = placesIn(chain);
  const strangers = [...places.keys()].filter((hash) => !submitted.has(hash));
  return [
    ...[...submitted].flatMap((hash) => faultsOf(hash, places.get(hash) ?? [], acknowledged.get(hash))),
    ...strangers.map((hash) => `transaction ${hash} was never submitted`),
  ];
}

/** Height and index of every transaction, as often as it is there. */
function placesIn(chain: readonly FinalBlock[]): ReadonlyMap<Digest, readonly string[]> {
  const places = new Map<Digest, string[]>();
  for (const [height, { transactions }] of chain.entries()) {
    for (const [index, hash] of transactions.entries()) {
      places.set(hash, [...(places.get(hash) ?? []), `${height}/${index}`]);
    }
  }
  return places;
}

function faultsOf(hash: Digest, found: readonly string[], told: Acknowledged | undefined): string[] {
  const faults = found.length === 1 ? [] : [`transaction ${hash} is final ${found.length} times: ${found}`];
  if (told === undefined) return [...faults, `transaction ${hash} was never acknowledged`];
  const place = `${told.height}/${told.index}`;
  if (found[0] === place) return faults;
  return [...faults, `transaction ${hash} was acknowledged at ${place}, and is at ${found}`];
}
