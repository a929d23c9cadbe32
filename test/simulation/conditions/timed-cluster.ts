import assert from 'node:assert/strict';
import type { Block } from '#libs/chain/block.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { HotStuffEffect } from '#libs/protocol/hotstuff/state.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { blockOn, Core, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';

/** The costs of one member's work, in virtual time. */
export interface Costs {
  readonly signMs: number;
  /** Time of one verification on one core. */
  readonly verifyMs: number;
  readonly cores: number;
  readonly signatureBytes: number;
  /** Bandwidth and latency of each member's line, one way. */
  readonly bitsPerSecond: number;
  readonly latencyMs: number;
}

/** Beside the signatures: headers, digests, frames. */
const MESSAGE_BYTES = 300;
const EVENTS_MAX = 200_000;

interface Station {
  readonly core: Core;
  /** The times at which its line, its cores and its signer finish their work. */
  lineMs: number;
  coresMs: number;
  signerMs: number;
  /** Sent over its line. */
  bytes: number;
  decidedMs: number | undefined;
}

/** The cores of a large federation over lines, processors and signers that take their time: one view, without faults. */
export class TimedCluster {
  readonly stations: readonly Station[];
  readonly #costs: Costs;
  readonly #events: { readonly atMs: number; readonly fire: () => void }[] = [];
  readonly #blocks = new Map<string, Block>([[GENESIS.digest, GENESIS]]);
  messages = 0;
  bytes = 0;
  #nowMs = 0;

  constructor(members: number, costs: Costs, votePath: VotePath = 'leader') {
    this.#costs = costs;
    this.stations = Array.from({ length: members }, (_, me) => {
      const core = new Core({ me, members, work: false, votePath });
      return { core, lineMs: 0, coresMs: 0, signerMs: 0, bytes: 0, decidedMs: undefined };
    });
  }

  /** What the member that sends most has sent. */
  get busiestBytes(): number {
    return Math.max(...this.stations.map(({ bytes }) => bytes));
  }

  /** @returns when every member has decided the first block, milliseconds. */
  decideOne(): number {
    for (const [at, { core }] of this.stations.entries()) {
      this.#take(at, core.step({ kind: 'work', pending: true }));
    }
    for (let done = 0; this.stations.some(({ decidedMs }) => decidedMs === undefined); done++) {
      assert.ok(done < EVENTS_MAX, 'the first block is decided');
      const next = this.#events.shift() ?? assert.fail('nothing happens any more');
      this.#nowMs = next.atMs;
      next.fire();
    }
    return this.#nowMs;
  }

  #at(atMs: number, fire: () => void): void {
    const isLater = (at: number): boolean => (this.#events[at]?.atMs ?? Number.POSITIVE_INFINITY) > atMs;
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLater(middle)) high = middle;
      else low = middle + 1;
    }
    this.#events.splice(low, 0, { atMs, fire });
  }

  #take(at: number, effects: readonly HotStuffEffect[]): void {
    for (const effect of effects) this.#perform(at, effect);
  }

  #perform(at: number, effect: HotStuffEffect): void {
    const station = this.stations[at] ?? assert.fail();
    const { core } = station;
    switch (effect.kind) {
      case 'sign':
        station.signerMs = Math.max(this.#nowMs, station.signerMs) + this.#costs.signMs;
        return this.#at(station.signerMs, () => this.#take(at, core.signed(effect.statement)));
      case 'transmit':
        return this.#send(at, effect.to, effect.message);
      case 'build': {
        if (effect.position.view > 1n) return;
        const block = blockOn(GENESIS, Number(effect.position.view), { members: this.stations.length });
        this.#blocks.set(block.digest, block);
        return this.#take(at, core.step({ kind: 'built', position: effect.position, block }));
      }
      case 'check':
        return this.#take(at, core.hold(effect.block));
      case 'fetch':
        return this.#take(at, core.hold(this.#blocks.get(effect.certificate.digest) ?? assert.fail()));
      case 'commit':
        station.decidedMs ??= this.#nowMs;
        return;
      default:
        return;
    }
  }

  /** One after the other over the line of the sender. */
  #send(from: number, to: number | 'all', message: HotStuffMessage): void {
    const { bitsPerSecond, latencyMs, signatureBytes } = this.#costs;
    const claims = hotStuff.claims(message).length;
    const bytes = MESSAGE_BYTES + claims * signatureBytes;
    const station = this.stations[from] ?? assert.fail();
    for (const at of to === 'all' ? this.stations.keys() : [to]) {
      if (at === from) continue;
      this.messages += 1;
      this.bytes += bytes;
      station.bytes += bytes;
      station.lineMs = Math.max(this.#nowMs, station.lineMs) + (8_000 * bytes) / bitsPerSecond;
      this.#at(station.lineMs + latencyMs, () => this.#arrived(from, at, message, claims));
    }
  }

  /** A message that admission refuses costs nothing; the rest waits for the processor. */
  #arrived(from: number, at: number, message: HotStuffMessage, claims: number): void {
    const station = this.stations[at] ?? assert.fail();
    const { verifyMs, cores } = this.#costs;
    const isWanted = station.core.judge(from, message) === 'ok';
    const costMs = isWanted ? (claims * verifyMs) / cores : 0;
    station.coresMs = Math.max(this.#nowMs, station.coresMs) + costMs;
    this.#at(station.coresMs, () => this.#take(at, station.core.offer(from, message)));
  }
}
