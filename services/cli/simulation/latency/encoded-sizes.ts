import { toEpoch } from '#libs/chain/ids.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { ModelledBody, ModelledSizes } from '#libs/simulation/latency/latency-setting.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';

const CHAIN_TAG = new Uint8Array(8).fill(7);

/** The sizes of messages as production encodes them; a message to many is encoded once. */
export function encodedSizes(protocol: string): ModelledSizes {
  const envelope = { chainTag: CHAIN_TAG, epoch: toEpoch(0n), protocol: wireOf(protocol) };
  const known = {
    whole: new WeakMap<ModelledBody, number>(),
    reference: new WeakMap<ModelledBody, number>(),
    compact: new WeakMap<ModelledBody, number>(),
  };
  return {
    messageBytesMax: WIRE_LIMITS.messageBytesMax,
    bytesOf(body, form) {
      const bytes = known[form].get(body) ?? encodePeerMessage(body, envelope, form).length;
      known[form].set(body, bytes);
      return bytes;
    },
  };
}
