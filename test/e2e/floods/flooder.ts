import { randomFillSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView, type View } from '#libs/chain/ids.ts';
import { isSchemeName, SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { decodePeerMessage, encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import {
  type AttachRequest,
  type AttachResponse,
  GatewayServiceDefinition,
  TrafficClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { genesisCertificate, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { Phase } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { chainTag, genesisDigest } from '#libs/settings/genesis.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { quorumSize } from '#services/launcher/core/floor.ts';
import { ANY_SIGNATURE } from '#test/support/hotstuff/any-signature.ts';
import { hotStuffIn, sealed } from '#test/support/hotstuff/sealed.ts';

/**
 * A member that lies: attaches to the real gateway of the home in the first argument, in the place of its consensus,
 * and sends junk as fast as the gateway takes it, from `flood` until `rest`. Says how much it sent whenever it rests.
 * The second argument is what junk: `signatures` that are false in messages that are otherwise as the cheap checks want
 * them, so that each costs a verification; or `stale`, small messages of views long over, which ask for help.
 */
const { facts, genesis, index } = readMemberHome(process.argv[2] ?? '', {});
const me = toMemberIndex(index);
const digest = genesisDigest(genesis);
const envelope = {
  chainTag: fromHex(chainTag(digest)) ?? new Uint8Array(),
  epoch: toEpoch(0n),
  protocol: wireOf(genesis.protocol),
};
const keys = genesis.members.map(({ gatewayPublicKey }) => gatewayPublicKey);
const quorum = quorumSize(keys.length);
if (!isSchemeName(genesis.scheme)) throw new Error(`unknown scheme ${genesis.scheme}`);
const signatureBytes = SCHEME_SIZES[genesis.scheme].signature;

/** Views above the newest one seen: a certificate of the future must be verified. */
const VIEWS_AHEAD = 1_000_000n;

/** Pause between two looks whether there is anything to do. */
const REST_MS = 10;

const PHASES: readonly Phase[] = ['prepare', 'pre-commit', 'commit'];

const kind = process.argv[3];
const STALE = encodePeerMessage(sealed(stale()), envelope);

let isFlooding = false;
let sent = 0;
let serial = 0n;
let view = 1n;

/** Never the same twice, so that nothing of it is in a cache. */
function signature(): Uint8Array {
  return randomFillSync(new Uint8Array(signatureBytes));
}

function certificate(phase: Phase, at: View): QuorumCertificate {
  const signatures = Array.from({ length: quorum }, (_, member) => ({
    member: toMemberIndex(member),
    signature: signature(),
  }));
  return {
    kind: phase,
    instance: 0n,
    view: at,
    height: toHeight(at),
    digest: toDigest('d'.repeat(64)),
    signatures,
  };
}

function stale(): HotStuffMessage {
  const high = genesisCertificate(HOTSTUFF_TABLE, 'prepare', digest);
  const commit = genesisCertificate(HOTSTUFF_TABLE, 'commit', digest);
  return { kind: 'new-view', view: toView(1n), high, commit, timeoutCertificate: undefined };
}

function junk(): HotStuffMessage {
  serial += 1n;
  const at = toView(view + VIEWS_AHEAD + serial);
  const genesisOf = (phase: Phase) => genesisCertificate(HOTSTUFF_TABLE, phase, digest);
  switch (serial % 5n) {
    case 0n: {
      const high = genesisOf('prepare');
      const commit = genesisOf('commit');
      return {
        kind: 'timeout',
        view: at,
        member: me,
        high,
        commit,
        signature: signature(),
        timeoutCertificate: undefined,
      };
    }
    case 1n: {
      const phase = PHASES[Number(serial % 3n)]!;
      const height = toHeight(1n);
      return { kind: 'vote', phase, view: toView(view), height, digest, member: me, signature: signature() };
    }
    default:
      return { kind: 'certificate', certificate: certificate(PHASES[Number(serial % 3n)]!, at) };
  }
}

/** Stays attached until the gateway ends the stream, as a gateway may that its own consensus drowns in junk. */
async function attachOnce(): Promise<void> {
  const client = grpcClient(GatewayServiceDefinition, { address: `unix:${facts.paths.gatewaySocket}` });
  const stream = client.attach();
  const others = keys.filter((_, member) => member !== index);
  const hello = { chainTag: envelope.chainTag, memberPublicKeys: others, memberNames: [] };
  stream.send({ body: { $case: 'hello', value: hello } });
  const over = new AbortController();
  try {
    await Promise.all([followView(stream.responses), flood(stream, over.signal)]);
  } finally {
    over.abort();
    client.close();
  }
}

interface Stream {
  send(request: AttachRequest): boolean;
  writable(): Promise<void>;
}

async function flood(stream: Stream, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!isFlooding) {
      await sleep(REST_MS);
      continue;
    }
    const payload = kind === 'stale' ? STALE : encodePeerMessage(sealed(junk()), envelope);
    const frame = { to: [], trafficClass: TrafficClass.CONSENSUS, payload, traceparent: '' };
    sent += 1;
    if (!stream.send({ body: { $case: 'send', value: frame } })) await stream.writable();
    else if (sent % 16 === 0) await new Promise(setImmediate);
  }
}

async function followView(responses: AsyncIterable<AttachResponse>): Promise<void> {
  for await (const { body } of responses) {
    if (body?.$case !== 'received') continue;
    const decoded = decodePeerMessage(body.value.payload, {
      ...envelope,
      limits: WIRE_LIMITS,
      held: { signatures: ANY_SIGNATURE },
    });
    const heard = decoded.ok ? hotStuffIn(decoded.body) : undefined;
    if (heard?.kind === 'proposal') view = heard.block.header.view;
  }
}

process.on('message', (order) => {
  isFlooding = order === 'flood';
  if (!isFlooding) process.send?.(sent);
});
process.on('disconnect', () => process.exit());
for (;;) {
  await attachOnce().catch((error: unknown) => process.stderr.write(`flooder: ${error}\n`));
  await sleep(REST_MS);
}
