import type { Logger } from '#libs/log/logger.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import { ExchangeListener } from './exchange-listener.ts';
import { ExchangeSpeaker } from './exchange-speaker.ts';
import { ExchangeTrace } from './exchange-trace.ts';
import { News } from './news.ts';
import { OwnRecord } from './own-record.ts';
import { PeerKeeper } from './peer-keeper.ts';
import type { ExchangeCodec, ExchangeNetwork, PeerStore, RecordCryptography } from './ports.ts';
import { RecordIntake } from './record-intake.ts';
import { PeerList } from './rules/peer-list.ts';
import type { ToldRecord } from './rules/record.ts';

export interface ExchangePartsOptions {
  readonly network: ExchangeNetwork;
  readonly store: PeerStore;
  readonly codec: ExchangeCodec;
  readonly cryptography: RecordCryptography;
  readonly log: Logger;
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly intervalMs: () => number;
  /** Keys of the connected peers that speak peer exchange. */
  readonly audience: () => readonly string[];
  /** Takes the records that a peer told; false when the peer broke the rules. */
  readonly onRecords: (records: readonly ToldRecord[], teller: PeerConnection) => boolean;
  readonly onOwnNewer: (sequence: bigint) => void;
}

/** The parts that peer exchange joins. */
export interface ExchangeParts {
  readonly list: PeerList;
  readonly trace: ExchangeTrace;
  readonly own: OwnRecord;
  readonly intake: RecordIntake;
  readonly speaker: ExchangeSpeaker;
  readonly listener: ExchangeListener;
  readonly news: News;
  readonly keeper: PeerKeeper;
}

export function exchangeParts(options: ExchangePartsOptions): ExchangeParts {
  const { network, cryptography, log, nowMs, wallMs } = options;
  const list = new PeerList();
  const trace = new ExchangeTrace(log);
  const speaker = new ExchangeSpeaker({
    ...options,
    trace,
    newId: cryptography.newId,
    onFault: (connection, text) => network.fault(connection, `peer exchange: ${text}`),
  });
  return {
    list,
    trace,
    speaker,
    own: new OwnRecord({ network, cryptography, nowMs, firstSequence: BigInt(wallMs()) }),
    intake: new RecordIntake({ ...options, list }),
    listener: new ExchangeListener({ ...options, list, trace, listId: cryptography.newId() }),
    keeper: new PeerKeeper(options),
    news: new News({
      ...options,
      tell: (listener, keys) => {
        const connection = network.connectionOf(listener);
        const records = list.tell(keys, nowMs());
        if (connection !== undefined) void speaker.tell(connection, { kind: 'update', records });
      },
    }),
  };
}
