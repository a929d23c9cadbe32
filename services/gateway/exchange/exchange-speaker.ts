import { type PeerConnection, ProtocolMissingError } from '../ports/peer-network.ts';
import { receiveMessage, type StreamResult, sendMessage } from './exchange-stream.ts';
import type { ExchangeTrace } from './exchange-trace.ts';
import type { ExchangeCodec } from './ports.ts';
import { EXCHANGE_TIMEOUT_MS, PAGES_MAX } from './rules/exchange-limits.ts';
import type { ExchangeBody, ExchangeMessage } from './rules/message.ts';
import type { ToldRecord } from './rules/record.ts';

export interface ExchangeSpeakerOptions {
  readonly codec: ExchangeCodec;
  readonly trace: ExchangeTrace;
  readonly newId: () => string;
  /** Takes the records of an answer; false when the peer broke the rules and is not to be asked on. */
  readonly onRecords: (records: readonly ToldRecord[], teller: PeerConnection) => boolean;
  readonly onFault: (connection: PeerConnection, text: string) => void;
}

/**
 * The outcome of asking a peer. `deaf`: the peer does not speak the protocol, which is no fault; `busy`: an
 * earlier question is still open.
 */
export type AskResult = 'answered' | 'refused' | 'deaf' | 'failed' | 'busy';

/** The last position seen in the list of a peer. */
interface Cursor {
  readonly listId: string;
  readonly since: bigint;
}

const NOTHING_SEEN: Cursor = { listId: '', since: 0n };

/**
 * Our side of peer exchange: asks a peer for changes since the last time, and tells records without waiting for
 * an answer.
 */
export class ExchangeSpeaker {
  readonly #options: ExchangeSpeakerOptions;
  readonly #cursors = new Map<string, Cursor>();
  /** Peers that have not answered yet: asked again, they would give the same list once more. */
  readonly #asked = new Set<string>();

  constructor(options: ExchangeSpeakerOptions) {
    this.#options = options;
  }

  /** Forgets the position in a peer's list, when the peer is gone. */
  forget(peer: string): void {
    this.#cursors.delete(peer);
  }

  /** Asks for all new pages; for the whole list the first time (P2P-73, P2P-80). */
  async ask(connection: PeerConnection): Promise<AskResult> {
    if (this.#asked.has(connection.peer)) return 'busy';
    this.#asked.add(connection.peer);
    return this.#askPages(connection).finally(() => this.#asked.delete(connection.peer));
  }

  async #askPages(connection: PeerConnection): Promise<AskResult> {
    const correlationId = this.#options.newId();
    for (let page = 0; page < PAGES_MAX; page++) {
      const result = await this.#askPage(connection, correlationId);
      if (result !== 'more') return result;
    }
    return 'answered';
  }

  /** Sends an announcement or an update. Never rejects: a peer that misses the message will ask. */
  async tell(
    connection: PeerConnection,
    body: ExchangeBody & { records: readonly ToldRecord[] },
  ): Promise<void> {
    await this.#exchange(connection, this.#options.newId(), body).catch(() => undefined);
  }

  async #askPage(connection: PeerConnection, correlationId: string): Promise<AskResult | 'more'> {
    const cursor = this.#cursors.get(connection.peer) ?? NOTHING_SEEN;
    try {
      const result = await this.#exchange(connection, correlationId, { kind: 'request', ...cursor });
      if (result.kind === 'message') return this.#onAnswer(connection, correlationId, result.message);
      if (result.kind === 'malformed') this.#options.onFault(connection, result.problem);
      return 'failed';
    } catch (error) {
      return error instanceof ProtocolMissingError ? 'deaf' : 'failed';
    }
  }

  #onAnswer(connection: PeerConnection, asked: string, answer: ExchangeMessage): AskResult | 'more' {
    const { body, correlationId } = answer;
    if (body.kind === 'error') return 'refused';
    if (body.kind !== 'response' || correlationId !== asked) {
      this.#options.onFault(connection, 'answer to something else');
      return 'failed';
    }
    if (!this.#options.onRecords(body.records, connection)) return 'failed';
    this.#cursors.set(connection.peer, { listId: body.listId, since: body.revision });
    return body.hasMore && body.records.length > 0 ? 'more' : 'answered';
  }

  /** One stream: our message, then the answer of the other end or its end. */
  async #exchange(
    connection: PeerConnection,
    correlationId: string,
    body: ExchangeBody,
  ): Promise<StreamResult> {
    const { codec, trace } = this.#options;
    const stream = await connection.openStream('exchange', AbortSignal.timeout(EXCHANGE_TIMEOUT_MS));
    const saying = { stream, codec };
    const answer = receiveMessage(saying, EXCHANGE_TIMEOUT_MS);
    const message = { correlationId, body };
    trace.sent({ connection, message, sizeBytes: sendMessage(saying, message) });
    if (body.kind !== 'request') stream.end();
    const result = await answer;
    if (result.kind === 'message') trace.received({ connection, ...result });
    if (result.kind !== 'closed') stream.reset('exchange is over');
    return result;
  }
}
