import type { Freight } from '../network/network.ts';
import type { Subject } from '../subject/subject.ts';

const SIGNATURE_BYTES = 17_088;
const MESSAGE_BYTES = 300;

/** Sizes as on the wire with the signatures of production: they are nearly all of a message. */
export function freightOf<State, Message, Record>({
  module,
  step,
}: Subject<State, Message, Record>): Freight<Message> {
  return {
    step,
    bytes: (envelope) => {
      switch (envelope.kind) {
        case 'protocol':
          return MESSAGE_BYTES + module.claims(envelope.message).length * SIGNATURE_BYTES;
        case 'peer':
          return MESSAGE_BYTES + envelope.bytes;
        case 'block-request':
          return MESSAGE_BYTES;
        case 'bytes':
          return envelope.bytes.length;
        case 'blocks':
          return envelope.blocks.length * MESSAGE_BYTES;
        case 'transactions':
          return envelope.transactions.length * MESSAGE_BYTES;
      }
    },
  };
}
