import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Digest, toEpoch, toHeight, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import type { SignatureScheme } from '#libs/crypto/signature-scheme.ts';
import { CLIENT_VOTES_MAX } from '#libs/engine/membership/client-limits.ts';
import { MembershipDesk } from '#libs/engine/membership/membership-desk.ts';
import { ADDED } from '#libs/engine/ports/submission.ts';
import type { RemoteError } from '#libs/grpc/client.ts';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { encodeMembershipVote } from '#libs/membership/vote.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { NO_CERTIFIED_KEYS } from '#libs/protocol/resolve-claim.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { claimVerifier } from '#services/consensus/adapters/claim-verifier.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { CLIENT_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import type { ClientMempool } from '#services/consensus/core/ports.ts';
import { bookOf, memberOf } from '#test/support/chain/membership.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
import { until } from '#test/support/within.ts';

// Clients flood the real API and the real verifier over real gRPC. A signature takes as long as the test wants.

const SIZES = SCHEME_SIZES['slh-dsa-sha2-128f'];
const VOTES = 1_000;

/** A scheme that verifies nothing until it may, and says how much it was asked. */
class HeldScheme implements SignatureScheme {
  readonly name = 'slh-dsa-sha2-128f';
  readonly backend = 'native';
  readonly sizes = SIZES;
  readonly held: (() => void)[] = [];
  asked = 0;

  generate = () => assert.fail();
  keyPairFromSeed = () => assert.fail();
  loadKey = () => assert.fail();
  sign = () => assert.fail();

  verify(_publicKey: Uint8Array, _message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    this.asked += 1;
    return new Promise((resolve) => this.held.push(() => resolve(signature[0] === 1)));
  }

  /** Ends verifications under way, until none is left. */
  async letGo(isOver: () => boolean): Promise<void> {
    await until('the end of what is verified', () => {
      for (const go of this.held.splice(0)) go();
      return isOver();
    });
  }
}

/** A vote of a member for the joining of another; its signature counts as valid when it begins with 1. */
function voteOf(member: number, joining: number, first = 0): Uint8Array {
  const signature = new Uint8Array(SIZES.signature);
  signature[0] = first;
  const change = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [memberOf(joining)] };
  return encodeMembershipVote({
    change,
    goodUntil: toHeight(100n),
    member: toMemberIndex(member),
    signature,
  });
}

/** The desk and the verifier of a member, behind a mempool that is a set. */
function votingMember(scheme: SignatureScheme) {
  const chain = new LoneChain();
  const book = bookOf(chain, chain.genesis.digest, 4);
  const { set } = book.current;
  const clock = { nowMs: () => 0, after: () => assert.fail('nothing is asked again after a while') };
  const waiting = new Set<Digest>();
  const desk = new MembershipDesk({
    ...{ book, clock },
    verifier: claimVerifier({
      verifier: new BatchVerifier({ schemes: [scheme], inFlightMax: 2 }),
      context: {
        ...{ set, scheme: scheme.name, table: HOTSTUFF_TABLE, certified: NO_CERTIFIED_KEYS },
        scope: { chain: ZERO_DIGEST, protocol: 'hotstuff', epoch: toEpoch(0n) },
      },
      guard: new PeerGuard({ members: 4, votes: HOTSTUFF_TABLE }, () => 0),
      onMuted: () => assert.fail('no member is to blame'),
      log: memoryLogger(),
    }),
    pool: {
      add: ({ hash }) => {
        waiting.add(hash);
        return ADDED;
      },
      has: (hash) => waiting.has(hash),
      remove: () => {},
    },
    refused: () => assert.fail('no member is to blame'),
  });
  const mempool: ClientMempool = {
    pending: () => undefined,
    submit: (transaction, { answer = () => {} }) => desk.submit(transaction, answer),
  };
  return { ports: { ...memoryMember().ports, mempool }, waiting };
}

describe('a flood of votes from clients', () => {
  const scheme = new HeldScheme();
  const { ports, waiting } = votingMember(scheme);
  const log = memoryLogger();
  const api = clientApi(ports);
  const service = bindService(ConsensusServiceDefinition, api.handlers, { log, statusByCode: CLIENT_STATUS });
  let server: GrpcServer;
  let client: FederationClient;

  before(async () => {
    server = grpcServer({ address: '127.0.0.1:0', services: [service], log, limits: { stopGraceMs: 50 } });
    await server.start();
    client = connectClient({ address: server.boundAddress(), deadlineMs: 120_000 });
  });
  after(async () => {
    client.close();
    await server.stop();
  });

  const codeOf = (vote: Uint8Array): Promise<string> =>
    client.submit(vote).then(
      () => 'taken',
      ({ detail }: RemoteError) => `${detail.status} ${detail.errorCode}`,
    );

  test('F-01: so many of them are held as are verified at a time, and the others are told at once to come back', async () => {
    const answers: string[] = [];
    const calls = Array.from({ length: VOTES }, async (_, at) => {
      answers.push(await codeOf(voteOf(at % 4, 10 + at)));
    });
    const tooMany = 'RESOURCE_EXHAUSTED CONSENSUS_TOO_MANY_VOTES';
    await until('the answers', () => answers.length === VOTES - CLIENT_VOTES_MAX, 120_000);
    assert.deepEqual([...new Set(answers)], [tooMany]);
    assert.equal(scheme.asked, 2, 'one for each lane: the others wait for it');
    await scheme.letGo(() => answers.length === VOTES);
    await Promise.all(calls);
    assert.equal(scheme.asked, CLIENT_VOTES_MAX, 'each is verified once, and what was refused never');
    const refused = answers.filter((each) => each === 'FAILED_PRECONDITION CONSENSUS_VOTE_REFUSED');
    assert.deepEqual([refused.length, waiting.size], [CLIENT_VOTES_MAX, 0]);
  });

  test('F-01: an honest vote is taken once its signature was found to hold, and not before', async () => {
    const asked = scheme.asked;
    const vote = voteOf(1, 9, 1);
    let answer: string | undefined;
    const call = codeOf(vote).then((code) => {
      answer = code;
    });
    await until('the verification', () => scheme.asked === asked + 1);
    assert.deepEqual([answer, waiting.size], [undefined, 0]);
    await scheme.letGo(() => answer !== undefined);
    await call;
    assert.deepEqual([answer, [...waiting]], ['taken', [transactionOf(vote).hash]]);
  });
});
