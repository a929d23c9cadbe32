import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type MemberIndex, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { decodePeerMessage, encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { lineThrough, timeOf } from './cpu-samples.ts';

const SIGNATURES = [1, 32] as const;
const CALLS = 20;

type CodecCosts = Pick<WorkCosts, 'encodeUs' | 'encodeByteNs' | 'decodeUs' | 'decodeByteNs'>;

/** The time that writing and reading a message takes, by the codec of production: a decision of few signatures, and one of many. */
export async function measureCodec(protocol: HostedProtocol, signatureBytes: number): Promise<CodecCosts> {
  const [few, many] = SIGNATURES;
  const [small, large] = [
    await codecTime(protocol, few, signatureBytes),
    await codecTime(protocol, many, signatureBytes),
  ];
  const encode = lineThrough(
    { bytes: small.bytes, cpuMs: small.encodeMs },
    { bytes: large.bytes, cpuMs: large.encodeMs },
  );
  const decode = lineThrough(
    { bytes: small.bytes, cpuMs: small.decodeMs },
    { bytes: large.bytes, cpuMs: large.decodeMs },
  );
  return {
    ...{ encodeUs: encode.us, encodeByteNs: encode.byteNs },
    ...{ decodeUs: decode.us, decodeByteNs: decode.byteNs },
  };
}

async function codecTime(protocol: HostedProtocol, signatures: number, signatureBytes: number) {
  const envelope = {
    chainTag: new Uint8Array(8).fill(7),
    epoch: toEpoch(0n),
    protocol: wireOf(protocol.id),
  };
  const message = protocol.module.decision({
    kind: protocol.votes.decides,
    instance: 0n,
    view: toView(1n),
    height: toHeight(1n),
    digest: genesisBlock({ genesisTimeMs: 0n }).digest,
    signatures: Array.from({ length: signatures }, (_, member) => ({
      member: memberOf(member),
      signature: new Uint8Array(signatureBytes).fill(member),
    })),
  });
  const bytes = encodePeerMessage(message, envelope);
  const encoding = await timeOf(CALLS, () => encodePeerMessage(message, envelope));
  const decoding = await timeOf(CALLS, () => decodePeerMessage(bytes, { ...envelope, limits: WIRE_LIMITS }));
  return { bytes: bytes.length, encodeMs: encoding.cpuMs, decodeMs: decoding.cpuMs };
}

function memberOf(index: number): MemberIndex {
  return toMemberIndex(index);
}
