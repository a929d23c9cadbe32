import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FederationClient } from '#libs/client/client.ts';
import type { GetStatusResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { ignorePassing, standings } from './black-box.ts';

const LOOK_MS = 50;
const LOOK_DEADLINE_MS = 1_000;

/** All members are connected again so soon after the network is back (issue 4, part 7). */
const RECONNECT_MS_MAX = 5_000;

/** What is too late already is waited for, to say how late it is. */
const PATIENCE_MS = 60_000;

/** Blocks come again everywhere within this: the timeouts of views have grown while there was no quorum. */
const PROGRESS_MS_MAX = 30_000;

/** How a federation came together again after each fault of its network; asked by the client API alone. */
export class Recoveries {
  readonly #clients: readonly FederationClient[];
  readonly #violations: string[] = [];
  #reconnectMsMax = 0;

  constructor(clients: readonly FederationClient[]) {
    this.#clients = clients;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  /** Longest time until all members were connected with all. */
  get reconnectMsMax(): number {
    return Math.round(this.#reconnectMsMax);
  }

  /** The network is whole from now on: waits until the federation is, and notes what came late. */
  async expect(afterWhat: string): Promise<void> {
    const others = this.#clients.length - 1;
    const height = highestOf(await this.#statuses());
    const reconnectMs = await this.#until(
      (all) => all.every((status) => status?.connectedPeers === others),
      PATIENCE_MS,
    );
    this.#reconnectMsMax = Math.max(this.#reconnectMsMax, reconnectMs ?? PATIENCE_MS);
    if (reconnectMs === undefined || reconnectMs > RECONNECT_MS_MAX) {
      const how = reconnectMs === undefined ? 'not' : `only after ${Math.round(reconnectMs)} ms`;
      this.#violations.push(
        `after ${afterWhat} the members were ${how} connected again: ${await this.#where()}`,
      );
    }
    const progressMs = await this.#until(
      (all) => all.every((status) => heightOf(status) > height),
      PROGRESS_MS_MAX,
    );
    if (progressMs === undefined) {
      this.#violations.push(`after ${afterWhat} not all members had a new block: ${await this.#where()}`);
    }
  }

  async #until(
    isTrue: (all: readonly (GetStatusResponse | undefined)[]) => boolean,
    patienceMs: number,
  ): Promise<number | undefined> {
    const startMs = performance.now();
    while (performance.now() < startMs + patienceMs) {
      if (isTrue(await this.#statuses())) return performance.now() - startMs;
      await sleep(LOOK_MS);
    }
    return undefined;
  }

  #statuses(): Promise<readonly (GetStatusResponse | undefined)[]> {
    const ask = (client: FederationClient) =>
      client.status({ deadlineMs: LOOK_DEADLINE_MS }).catch(ignorePassing);
    return Promise.all(this.#clients.map(ask));
  }

  #where(): Promise<string> {
    return standings(this.#clients);
  }
}

function heightOf(status: GetStatusResponse | undefined): bigint {
  return status?.header?.finalHeight ?? 0n;
}

function highestOf(all: readonly (GetStatusResponse | undefined)[]): bigint {
  return all.map(heightOf).reduce((highest, height) => (height > highest ? height : highest), 0n);
}
