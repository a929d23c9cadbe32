import { toEpoch } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { Decoded, WireCodec } from '#libs/simulation/subject.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { decodePeerMessage, encodePeerMessage } from '#services/consensus/adapters/wire/peer-message.ts';

/** Far above any message of a simulated federation, and small enough to be made in every run. */
const MESSAGE_BYTES_MAX = 64 * 1024;

const ENVELOPE = { chainTag: new Uint8Array(8).fill(7), epoch: toEpoch(0n) };
const LIMITS = { ...WIRE_LIMITS, messageBytesMax: MESSAGE_BYTES_MAX };

/** What two consensus services speak, for liars of the simulation that send bytes. */
export const hotStuffCodec: WireCodec<HotStuffMessage> = {
  bytesMax: MESSAGE_BYTES_MAX,
  encode: (message) => encodePeerMessage(message, ENVELOPE),
  decode: (bytes): Decoded<HotStuffMessage> => {
    const decoded = decodePeerMessage(bytes, { ...ENVELOPE, limits: LIMITS });
    if (!decoded.ok) return decoded;
    switch (decoded.body.kind) {
      case 'proposal':
      case 'vote':
      case 'certificate':
      case 'new-view':
      case 'timeout':
      case 'timeout-certificate':
        return { ok: true, message: decoded.body };
      default:
        // Garbled into another kind of message, which the simulation carries in its own form.
        return { ok: false, cause: 'malformed' };
    }
  },
};
