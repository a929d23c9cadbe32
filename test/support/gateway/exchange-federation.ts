import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { prng } from '#libs/random/prng.ts';
import { EXCHANGE_CODEC } from '#services/gateway/adapters/exchange-codec.ts';
import { recordCryptography } from '#services/gateway/adapters/record-cryptography.ts';
import { PeerExchange } from '#services/gateway/exchange/peer-exchange.ts';
import type { ExchangeNetwork } from '#services/gateway/exchange/ports.ts';
import type { PeerConnection } from '#services/gateway/ports/peer-network.ts';
import { identityOf } from './gateway-node.ts';
import { linkedStreams } from './linked-streams.ts';

const STEP_MS = 50;

/** One gateway as far as peer exchange goes. */
export interface ExchangeMember {
  readonly key: string;
  readonly exchange: PeerExchange;
  readonly connections: Map<string, PeerConnection>;
}

/** Gateways that are connected in memory, on a clock that only moves when told: learned peers are connected at once. */
export class ExchangeFederation {
  readonly members: ExchangeMember[] = [];
  readonly #context: TestContext;
  readonly #intervalMs: number;
  #nowMs = 1_000;

  constructor(context: TestContext, intervalMs: number) {
    this.#context = context;
    this.#intervalMs = intervalMs;
    context.mock.timers.enable({ apis: ['setTimeout'] });
    context.after(() => Promise.all(this.members.map(({ exchange }) => exchange.stop())));
  }

  async add(): Promise<ExchangeMember> {
    const name = `member ${this.members.length}`;
    const identity = identityOf(name);
    const key = Buffer.from(identity.publicKey).toString('hex');
    const connections = new Map<string, PeerConnection>();
    const random = prng(name);
    const network: Partial<ExchangeNetwork> = {
      self: key,
      listenAddresses: () => [`/ip4/127.0.0.1/tcp/${1_000 + this.members.length}`],
      connectionOf: (peer) => connections.get(peer),
      isPeer: () => true,
      members: () => undefined,
      learn: (peers) => {
        for (const peer of peers) this.connect(member, this.#memberOf(peer.key));
      },
    };
    const exchange = new PeerExchange({
      network: network as ExchangeNetwork,
      store: { keep: async () => {} },
      codec: EXCHANGE_CODEC,
      cryptography: recordCryptography(identity.secretBytes()),
      log: memoryLogger(),
      random: () => random.next(),
      nowMs: () => this.#nowMs,
      wallMs: () => 1,
    });
    const member: ExchangeMember = { key, exchange, connections };
    this.members.push(member);
    exchange.setInterval(this.#intervalMs);
    await exchange.start();
    return member;
  }

  connect(one: ExchangeMember, other: ExchangeMember): void {
    if (one.connections.has(other.key)) return;
    this.#open(one, other);
    this.#open(other, one);
    one.exchange.onSession(other.key, true);
    other.exchange.onSession(one.key, true);
  }

  async pass(ms: number): Promise<void> {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; ) {
      this.#nowMs += STEP_MS;
      this.#context.mock.timers.tick(STEP_MS);
      await turn();
    }
  }

  #memberOf(key: string): ExchangeMember {
    const found = this.members.find((member) => member.key === key);
    if (found === undefined) throw new Error(`nobody has the key ${key}`);
    return found;
  }

  /** Opens the end of the connection with `to` at `from`. */
  #open(from: ExchangeMember, to: ExchangeMember): void {
    const connection: Partial<PeerConnection> = {
      peer: to.key,
      peerId: to.key,
      address: '/ip4/127.0.0.1/tcp/1',
      openStream: async () => {
        const [near, far] = linkedStreams();
        const back = to.connections.get(from.key);
        if (back !== undefined) to.exchange.accept(back, far);
        return near;
      },
    };
    from.connections.set(to.key, connection as PeerConnection);
  }
}

/** Messages that a gateway sent since its start. */
export function sentBy({ exchange }: Pick<ExchangeMember, 'exchange'>): number {
  const sent = [...exchange.counts].filter(([name]) => name.startsWith('sent'));
  return sent.reduce((sum, [, count]) => sum + count, 0);
}
