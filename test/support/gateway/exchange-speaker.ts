import assert from 'node:assert/strict';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { EXCHANGE_CODEC } from '#services/gateway/adapters/exchange-codec.ts';
import { Libp2pNetwork } from '#services/gateway/adapters/libp2p-network.ts';
import { recordCryptography } from '#services/gateway/adapters/record-cryptography.ts';
import { receiveMessage, type StreamResult } from '#services/gateway/exchange/exchange-stream.ts';
import type { ExchangeBody } from '#services/gateway/exchange/rules/message.ts';
import {
  type PeerRecord,
  recordStatement,
  type ToldRecord,
} from '#services/gateway/exchange/rules/record.ts';
import { encodeVarintFrame } from '#services/gateway/exchange/rules/varint-frame.ts';
import type { ByteStream, PeerConnection } from '#services/gateway/ports/peer-network.ts';
import { type GatewayNode, identityOf } from './gateway-node.ts';
import { OPEN_DOOR } from './open-door.ts';

const ANSWER_MS = 120_000;
export const CORRELATION_ID = '00112233445566778899aabbccddeeff';

/** A record that is signed by the key of this name, with any field as the test wants it. */
export function signedRecord(name: string, change: Partial<PeerRecord> = {}): ToldRecord {
  const identity = identityOf(name);
  const unsigned = {
    key: Buffer.from(identity.publicKey).toString('hex'),
    addresses: ['/ip4/127.0.0.1/tcp/9'],
    sequence: 1n,
    ...change,
  };
  const signature = recordCryptography(identity.secretBytes()).sign(recordStatement(unsigned));
  return { record: { signature, ...unsigned }, seenAgoMs: 0 };
}

/** A libp2p node that sends any message of a test in peer exchange, true or not. */
export class RawSpeaker {
  readonly name: string;
  readonly #network: Libp2pNetwork;
  #connection: PeerConnection | undefined;

  private constructor(name: string, network: Libp2pNetwork) {
    this.name = name;
    this.#network = network;
  }

  static async start(name: string): Promise<RawSpeaker> {
    const network = await Libp2pNetwork.create({
      privateKey: identityOf(name).secretBytes(),
      listenAddresses: ['/ip4/127.0.0.1/tcp/0'],
      log: memoryLogger(),
    });
    const onStream = (_: PeerConnection, __: string, stream: ByteStream): void => stream.end();
    await network.start({ onConnection: () => {}, onStream, ...OPEN_DOOR });
    return new RawSpeaker(name, network);
  }

  get isConnected(): boolean {
    return this.#network.openConnections().length > 0;
  }

  async connect(to: GatewayNode): Promise<void> {
    const { peerId } = to.parts.network;
    await this.#network.dial({ address: to.address, peerId, signal: AbortSignal.timeout(ANSWER_MS) });
    this.#connection = this.#network.openConnections().find(({ peer }) => peer === to.key);
  }

  /** Sends a message, and returns the answer. */
  say(body: ExchangeBody): Promise<StreamResult> {
    return this.sayBytes(encodeVarintFrame(EXCHANGE_CODEC.encode({ correlationId: CORRELATION_ID, body })));
  }

  async sayBytes(bytes: Uint8Array): Promise<StreamResult> {
    assert.ok(this.#connection);
    const stream = await this.#connection.openStream('exchange', AbortSignal.timeout(ANSWER_MS));
    const answer = receiveMessage({ stream, codec: EXCHANGE_CODEC }, ANSWER_MS);
    stream.send(bytes);
    return answer;
  }

  stop(): Promise<void> {
    return this.#network.stop();
  }
}
