import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FederationClient } from '#libs/client/client.ts';
import type { GetStatusResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { ignorePassing, standings } from '#test/support/federation/black-box.ts';

const LOOK_MS = 50;

/** An answer that a busy machine gives late is an answer. */
const LOOK_DEADLINE_MS = 10_000;

/** All members are connected again so soon after the network is back (P2P-16), on a machine that does nothing else. */
const RECONNECT_MS_MAX = 5_000;

/** Blocks come again everywhere within this: the timeouts of views have grown while there was no quorum. */
const PROGRESS_MS_MAX = 30_000;

/** Later than this is never: far above what a machine needs that is ten times slower, and has other work. */
const PATIENCE_MS = 300_000;

/** The time by which it is measured how soon. */
export interface Stopwatch {
  /** Monotonic milliseconds. */
  nowMs(): number;
  pass(ms: number): Promise<unknown>;
}

const WALL: Stopwatch = { nowMs: () => performance.now(), pass: (ms) => sleep(ms) };

/** How a federation came together again after each fault of its network; asked by the client API alone. */
export class Recoveries {
  readonly #clients: readonly Pick<FederationClient, 'status'>[];
  readonly #stopwatch: Stopwatch;
  readonly #violations: string[] = [];
  readonly #late: string[] = [];
  #reconnectMsMax = 0;

  constructor(clients: readonly Pick<FederationClient, 'status'>[], stopwatch = WALL) {
    this.#clients = clients;
    this.#stopwatch = stopwatch;
  }

  /** The events that never came. */
  get violations(): readonly string[] {
    return this.#violations;
  }

  /**
   * The events that came later than asked for: a fault of the federation only where the machine had nothing else to
   * do.
   */
  get late(): readonly string[] {
    return this.#late;
  }

  /** Longest time until all members were connected with all. */
  get reconnectMsMax(): number {
    return Math.round(this.#reconnectMsMax);
  }

  /**
   * Waits, from the moment at which the network is whole, until the federation is too; notes events that came late or
   * never.
   */
  async expect(afterWhat: string): Promise<void> {
    const others = this.#clients.length - 1;
    const height = highestOf(await this.#statuses());
    const reconnectMs = await this.#until((all) => all.every((status) => status?.connectedPeers === others), {
      what: `after ${afterWhat} the members were connected again`,
      askedMs: RECONNECT_MS_MAX,
    });
    this.#reconnectMsMax = Math.max(this.#reconnectMsMax, reconnectMs);
    await this.#until((all) => all.every((status) => heightOf(status) > height), {
      what: `after ${afterWhat} all members had a new block`,
      askedMs: PROGRESS_MS_MAX,
    });
  }

  /** @returns how long it took, ms; all its patience when it never came. */
  async #until(
    isTrue: (all: readonly (GetStatusResponse | undefined)[]) => boolean,
    { what, askedMs }: { readonly what: string; readonly askedMs: number },
  ): Promise<number> {
    const startMs = this.#stopwatch.nowMs();
    const passedMs = () => this.#stopwatch.nowMs() - startMs;
    while (!isTrue(await this.#statuses())) {
      if (passedMs() >= PATIENCE_MS) {
        this.#violations.push(`never: ${what}; ${await standings(this.#clients)}`);
        return PATIENCE_MS;
      }
      await this.#stopwatch.pass(LOOK_MS);
    }
    const tookMs = passedMs();
    if (tookMs > askedMs) this.#late.push(`only after ${Math.round(tookMs)} ms: ${what}`);
    return tookMs;
  }

  #statuses(): Promise<readonly (GetStatusResponse | undefined)[]> {
    const ask = (client: Pick<FederationClient, 'status'>) =>
      client.status({ deadlineMs: LOOK_DEADLINE_MS }).catch(ignorePassing);
    return Promise.all(this.#clients.map(ask));
  }
}

function heightOf(status: GetStatusResponse | undefined): bigint {
  return status?.header?.finalHeight ?? 0n;
}

function highestOf(all: readonly (GetStatusResponse | undefined)[]): bigint {
  return all.map(heightOf).reduce((highest, height) => (height > highest ? height : highest), 0n);
}
