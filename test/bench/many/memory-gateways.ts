import { assert } from '#libs/assert/assert.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Circle } from '#libs/engine/node-ports.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Logger } from '#libs/log/logger.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { wireLimitsOf } from '#libs/wire/limits.ts';
import { MemberHearing } from '#services/consensus/adapters/member-hearing.ts';

export interface LinkFacts {
  readonly chainTag: Uint8Array;
  readonly members: number;
  readonly signatureBytes: number;
  readonly log: Logger;
}

/** Links between members of one process: each message is written and read by the codec of production, and comes in the order in which it was sent. */
export class MemoryGateways {
  readonly facts: LinkFacts;
  readonly #byKey = new Map<string, MemoryGateway>();

  constructor(facts: LinkFacts) {
    this.facts = facts;
  }

  open(key: Uint8Array): MemoryGateway {
    const gateway = new MemoryGateway(key, this.facts, (to) => this.#byKey.get(toHex(to)));
    this.#byKey.set(toHex(key), gateway);
    return gateway;
  }

  get sentBytes(): readonly number[] {
    return [...this.#byKey.values()].map((gateway) => gateway.sentBytes);
  }

  /** All that come up meet each other. */
  connect(): void {
    for (const gateway of this.#byKey.values()) gateway.meet();
  }
}

/** One member's end: the part of a gateway link that a member uses. */
export class MemoryGateway {
  readonly #key: Uint8Array;
  readonly #facts: LinkFacts;
  readonly #peer: (key: Uint8Array) => MemoryGateway | undefined;
  readonly #hearing: MemberHearing;
  readonly #protocol = wireOf(HOTSTUFF.id);
  #circle: Circle | undefined;
  #listener: PeerListener | undefined;
  readonly #met = new Set<MemberIndex>();
  /** While it is silent nothing of it leaves. */
  isSilent = false;
  sentBytes = 0;

  constructor(key: Uint8Array, facts: LinkFacts, peer: (key: Uint8Array) => MemoryGateway | undefined) {
    this.#key = key;
    this.#facts = facts;
    this.#peer = peer;
    const limits = wireLimitsOf(facts);
    this.#hearing = new MemberHearing({ chainTag: facts.chainTag, limits, log: facts.log });
  }

  enter(circle: Circle): void {
    this.#circle = circle;
  }

  start(listener: PeerListener): void {
    this.#listener = listener;
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
  }

  get isUp(): boolean {
    return this.#listener !== undefined;
  }

  mute(): void {}

  connected(): readonly MemberIndex[] {
    return [...this.#met];
  }

  /** Meets those that are up and that it has not met yet. */
  meet(): void {
    for (const [at, key] of this.#others()) {
      if (this.#met.has(at) || this.#peer(key)?.isUp !== true) continue;
      this.#met.add(at);
      this.#listener?.connected(at);
    }
  }

  send(to: MemberIndex | 'all', body: PeerMessageBody, epoch?: Epoch, form?: MessageForm): void {
    const circle = this.#circle;
    if (circle === undefined || this.isSilent || this.#listener === undefined) return;
    const said = { chainTag: this.#facts.chainTag, epoch: epoch ?? circle.epoch, protocol: this.#protocol };
    const payload = encodePeerMessage(body, said, form);
    for (const [at, key] of this.#others()) {
      if (to !== 'all' && to !== at) continue;
      this.sentBytes += payload.length;
      setImmediate(() => this.#peer(key)?.hear(this.#key, payload));
    }
  }

  hear(key: Uint8Array, payload: Uint8Array): void {
    const circle = this.#circle;
    const listener = this.#listener;
    if (circle === undefined || listener === undefined) return;
    const from = circle.keys.findIndex((each) => toHex(each) === toHex(key));
    assert(from >= 0, 'members of one process know each other');
    this.#hearing.hear(from as MemberIndex, payload, {
      listener,
      epoch: circle.epoch,
      protocol: this.#protocol,
    });
  }

  #others(): readonly (readonly [MemberIndex, Uint8Array])[] {
    const { keys = [], me } = this.#circle ?? {};
    return [...keys.entries()].filter(([at]) => at !== me).map(([at, key]) => [at as MemberIndex, key]);
  }
}
