import { join } from 'node:path';
import { fromHex } from '#libs/bytes/hex.ts';
import { sealBlock } from '#libs/chain/block.ts';
import { type Digest, type MemberIndex, toDigest, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { decodePeerMessage, encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import {
  type AttachRequest,
  GatewayServiceDefinition,
  TrafficClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import type { Proposal, Vote } from '#libs/protocol/hotstuff/message.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { chainTag, genesisDigest } from '#libs/settings/genesis.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { readKeyFile } from '#services/signer/key/key-file.ts';
import { ANY_SIGNATURE } from '#test/support/hotstuff/any-signature.ts';
import { hotStuffIn, sealed } from '#test/support/hotstuff/sealed.ts';

/**
 * A member with two faces: stands between the consensus and the gateway of the home in the first argument, which
 * listens on the socket in the second. Messages of consensus pass; after each the program also sends the contrary of
 * its votes and proposals, with the member's own key, past the signer that would refuse. It also accuses an honest
 * member with signatures of nothing, and itself more often in one view than is kept. How often it lies is the third
 * argument, for votes and proposals each.
 */
const [home = '', gatewaySocket = '', lies = '2'] = process.argv.slice(2);
const { facts, genesis, index } = readMemberHome(home, {});
const chain = genesisDigest(genesis);
const epoch = toEpoch(0n);
const me = toMemberIndex(index);
const scope = { chain, protocol: genesis.protocol, epoch };
const envelope = {
  chainTag: fromHex(chainTag(chain)) ?? new Uint8Array(),
  epoch,
  protocol: wireOf(genesis.protocol),
};
const scheme = schemeByName(genesis.scheme);
const { secretKey } = await readKeyFile(join(facts.paths.signerFolder, 'signer.key'));

/** Self-accusations for one slot: more than the ten that are kept for a view (BYZ-28). */
const CONFESSIONS = 14;

const left = { vote: Number(lies), proposal: Number(lies), accusation: 1, confession: 1 };

const sign = (statement: VoteStatement): Promise<Uint8Array> =>
  scheme.sign(secretKey, signingBytes(scope, statement));

/** Another block of the same place: any digest will do, because nobody must know it. */
function otherDigest(serial: number): Digest {
  return toDigest(serial.toString(16).padStart(64, 'e'));
}

async function contraryVote({ phase, view, height, ...vote }: Vote, serial: number): Promise<Vote> {
  const digest = otherDigest(serial);
  const signature = await sign(blockStatement(phase, view, { height, digest }));
  return { ...vote, phase, view, height, digest, signature };
}

async function contraryProposal(proposal: Proposal): Promise<Proposal> {
  const { header, transactions } = proposal.block;
  const block = sealBlock({ ...header, timestampMs: header.timestampMs + 1n }, transactions);
  const { view, height } = header;
  return {
    ...proposal,
    block,
    signature: await sign(blockStatement('proposal', view, { height, digest: block.digest })),
  };
}

function claimOf({ phase, view, height, digest, signature }: Vote, member: MemberIndex): Claim {
  return { member, statement: blockStatement(phase, view, { height, digest }), signature };
}

function notice(first: Claim, second: Claim): PeerMessageBody {
  const evidence = evidenceOf(first, second, epoch, HOTSTUFF_TABLE);
  if (evidence === undefined) throw new Error('these do not contradict each other');
  return { kind: 'evidence', content: encodeEvidence(evidence, chain) };
}

/** The messages of the other face after an honest one. */
async function* contraries(said: PeerMessageBody): AsyncGenerator<PeerMessageBody> {
  const body = hotStuffIn(said);
  if (body === undefined) return;
  if (body.kind === 'proposal' && left.proposal-- > 0) yield sealed(await contraryProposal(body));
  if (body.kind !== 'vote' || left.vote-- <= 0) return;
  const contrary = await contraryVote(body, 0);
  yield sealed(contrary);
  const victim = toMemberIndex((index + 1) % genesis.members.length);
  if (left.accusation-- > 0) yield notice(claimOf(body, victim), claimOf(contrary, victim));
  if (left.confession-- <= 0) return;
  for (let serial = 1; serial <= CONFESSIONS; serial++) {
    yield notice(claimOf(body, me), claimOf(await contraryVote(body, serial), me));
  }
}

async function* relay(requests: AsyncIterable<AttachRequest>) {
  const client = grpcClient(GatewayServiceDefinition, { address: `unix:${gatewaySocket}` });
  const stream = client.attach();
  const speaking = (async () => {
    for await (const request of requests) {
      stream.send(request);
      await lieAfter(request, (lie) => stream.send(lie));
    }
    stream.end();
  })();
  speaking.catch((error: unknown) => process.stderr.write(`two-faced: ${error}\n`));
  try {
    yield* stream.responses;
  } finally {
    client.close();
  }
}

async function lieAfter({ body }: AttachRequest, say: (lie: AttachRequest) => void): Promise<void> {
  if (body?.$case !== 'send' || body.value.trafficClass !== TrafficClass.CONSENSUS) return;
  const decoded = decodePeerMessage(body.value.payload, {
    ...envelope,
    limits: WIRE_LIMITS,
    held: { signatures: ANY_SIGNATURE },
  });
  if (!decoded.ok) return;
  for await (const lie of contraries(decoded.body)) {
    const isEvidence = lie.kind === 'evidence';
    say({
      body: {
        $case: 'send',
        value: {
          to: isEvidence ? [] : body.value.to,
          trafficClass: isEvidence ? TrafficClass.SYNC : TrafficClass.CONSENSUS,
          // Certificates as they came: their signatures are not here.
          payload: encodePeerMessage(lie, envelope, 'reference'),
          traceparent: '',
        },
      },
    });
  }
}

const log = memoryLogger();
const handlers = {
  attach: relay,
  listPeers: () => Promise.reject(new Error('not here')),
  getGateway: () => Promise.reject(new Error('not here')),
};
const server = grpcServer({
  address: `unix:${facts.paths.gatewaySocket}`,
  services: [bindService(GatewayServiceDefinition, handlers, { log, statusByCode: {} })],
  log,
});
await server.start();
process.on('disconnect', () => process.exit());
process.send?.('serves');
