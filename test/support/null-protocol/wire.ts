import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import type { MessageWire, WireBody } from '#libs/peer-wire/protocol-wire.ts';
import { Phase } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { blockFromWire, blockToWire, digestFromWire, memberFromWire } from '#libs/wire/block.ts';
import { certificateFrom, certificateIn } from '#libs/wire/certificate-reference.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import { signatureFromWire, signatureToWire } from '#libs/wire/signature.ts';
import { LEADER, type NullMessage, positionOf } from './message.ts';

/** The messages of the null protocol in fields that are there: it has none of its own in the contracts. */
export const NULL_WIRE: MessageWire<NullMessage> = {
  toWire,
  fromWire,
  proposalField: 10,
};

function toWire(message: NullMessage, form: MessageForm): WireBody {
  switch (message.kind) {
    case 'proposal': {
      const none = {
        justify: undefined,
        timeoutCertificate: undefined,
        again: undefined,
        compactBlock: undefined,
      };
      const block = blockToWire(message.block);
      return { $case: 'proposal', value: { ...none, block, ...signatureToWire(message) } };
    }
    case 'vote': {
      const { member, block } = message;
      const about = { height: block.height, blockDigest: digestBytes(block.digest), view: 0n };
      return { $case: 'vote', value: { ...about, phase: Phase.COMMIT, member, ...signatureToWire(message) } };
    }
    case 'decision':
      return { $case: 'certificate', value: { certificate: certificateIn(form, message.certificate) } };
  }
}

/** @throws WireRefusal */
function fromWire(body: WireBody, reading: MessageReading): NullMessage | undefined {
  const { limits } = reading;
  switch (body.$case) {
    case 'proposal': {
      const block = blockFromWire(body.value.block, limits);
      return {
        kind: 'proposal',
        block,
        member: LEADER,
        ...signatureFromWire(body.value, limits),
      };
    }
    case 'vote': {
      const { member, height, blockDigest, view } = body.value;
      const block = { height: toHeight(height), digest: digestFromWire(blockDigest, 'block_digest') };
      const by = { member: memberFromWire(member, limits), ...signatureFromWire(body.value, limits) };
      return toView(view) === positionOf(0n).view ? { kind: 'vote', block, ...by } : undefined;
    }
    case 'certificate':
      return { kind: 'decision', certificate: certificateFrom(body.value.certificate, reading) };
    default:
      return undefined;
  }
}
