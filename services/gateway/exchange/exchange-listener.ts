import type { ByteStream, PeerConnection } from '../ports/peer-network.ts';
import { receiveMessage, sendMessage } from './exchange-stream.ts';
import type { ExchangeTrace } from './exchange-trace.ts';
import type { ExchangeCodec, ExchangeNetwork } from './ports.ts';
import { EXCHANGE_TIMEOUT_MS } from './rules/exchange-limits.ts';
import { ExchangeRates } from './rules/exchange-rates.ts';
import type { ExchangeBody, ExchangeErrorCode, ExchangeMessage } from './rules/message.ts';
import type { PeerList } from './rules/peer-list.ts';
import type { ToldRecord } from './rules/record.ts';

export interface ExchangeListenerOptions {
  readonly codec: ExchangeCodec;
  readonly network: ExchangeNetwork;
  readonly list: PeerList;
  /** The name of this list for peers that ask again; changes with every start. */
  readonly listId: string;
  readonly trace: ExchangeTrace;
  readonly intervalMs: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Takes the records that a peer told; false when the peer broke the rules. */
  readonly onRecords: (records: readonly ToldRecord[], teller: PeerConnection) => boolean;
}

type Answer = ExchangeBody | undefined;

/**
 * Answers the messages of peers in peer exchange: one message and at most one answer for each stream, all
 * within a time limit.
 */
export class ExchangeListener {
  readonly #options: ExchangeListenerOptions;
  readonly #rates: ExchangeRates;

  constructor(options: ExchangeListenerOptions) {
    this.#options = options;
    this.#rates = new ExchangeRates(options.intervalMs);
  }

  async accept(connection: PeerConnection, stream: ByteStream): Promise<void> {
    const { codec, network } = this.#options;
    const result = await receiveMessage({ stream, codec }, EXCHANGE_TIMEOUT_MS);
    switch (result.kind) {
      case 'message':
        return this.#onMessage(connection, stream, result.message, result.sizeBytes);
      case 'unsupported':
        return this.#say(connection, stream, {
          correlationId: result.correlationId,
          body: refusal('unsupported'),
        });
      case 'closed':
        return;
      case 'late':
        stream.reset('no message in time');
        return network.fault(connection, 'no peer exchange message in time');
      case 'malformed':
        stream.reset(result.problem);
        return network.fault(connection, `peer exchange: ${result.problem}`);
    }
  }

  #onMessage(
    connection: PeerConnection,
    stream: ByteStream,
    message: ExchangeMessage,
    sizeBytes: number,
  ): void {
    const { correlationId, body } = message;
    this.#options.trace.received({ connection, message, sizeBytes });
    const answer = this.#answer(connection, body);
    if (answer === undefined) stream.end();
    else this.#say(connection, stream, { correlationId, body: answer });
  }

  #answer(connection: PeerConnection, body: ExchangeBody): Answer {
    const { network, nowMs } = this.#options;
    if (network.members() !== undefined && !network.isPeer(connection.peer)) return refusal('not-allowed');
    const isWithinRate =
      body.kind === 'request'
        ? this.#rates.mayRequest(connection.peer, nowMs())
        : this.#rates.mayTell(connection.peer, nowMs());
    if (!isWithinRate) {
      network.complain(connection.peer, 'peer says too much in peer exchange, it is refused for a while');
      return refusal('rate-limited', this.#options.intervalMs());
    }
    if (body.kind === 'request') return this.#page(body.listId, body.since);
    return this.#hear(connection, body);
  }

  #hear(connection: PeerConnection, body: ExchangeBody): Answer {
    const { network, onRecords } = this.#options;
    if (body.kind === 'announcement' && body.records.some(({ record }) => record.key !== connection.peer)) {
      network.fault(connection, 'peer exchange: announcement for somebody else');
      return refusal('malformed');
    }
    if (body.kind === 'announcement' || body.kind === 'update') {
      return onRecords(body.records, connection) ? undefined : refusal('malformed');
    }
    network.fault(connection, 'peer exchange: answer without a question');
    return refusal('malformed');
  }

  #page(listId: string, since: bigint): Answer {
    const { list, nowMs, listId: ours } = this.#options;
    const page = list.page(listId === ours ? since : 0n, nowMs());
    return { kind: 'response', listId: ours, ...page };
  }

  #say(connection: PeerConnection, stream: ByteStream, message: ExchangeMessage): void {
    const { codec, trace } = this.#options;
    trace.sent({ connection, message, sizeBytes: sendMessage({ stream, codec }, message) });
    stream.end();
  }
}

function refusal(code: ExchangeErrorCode, retryAfterMs = 0): ExchangeBody {
  return { kind: 'error', code, retryAfterMs };
}
