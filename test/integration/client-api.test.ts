import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, credentials } from '@grpc/grpc-js';
import { digestBytes } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import { type TransactionAnswer, voteRefused } from '#libs/engine/ports/submission.ts';
import { grpcClient, RemoteError } from '#libs/grpc/client.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService, serviceDefinition } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  ConsensusServiceDefinition,
  type GetBlockRequest,
  type GetBlockResponse,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { CLIENT_LIMITS, strangerLimits } from '#services/consensus/adapters/client/limits.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { CLIENT_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import { type MemoryMember, memoryMember } from '#test/support/consensus/client-ports.ts';

// The client library against the client API, over real gRPC. The chain behind it is in memory.

/** The limit of memoryMember. */
const TRANSACTION_BYTES_MAX = 100;
const REQUEST_BYTES_MAX = strangerLimits(TRANSACTION_BYTES_MAX).messageBytesMax;

interface Served {
  readonly address: string;
  stop(): Promise<void>;
}

async function serve({ ports }: Pick<MemoryMember, 'ports'>, address = '127.0.0.1:0'): Promise<Served> {
  const log = memoryLogger();
  const api = clientApi(ports, { ...CLIENT_LIMITS, progressMsDefault: 20 });
  const service = bindService(ConsensusServiceDefinition, api.handlers, { log, statusByCode: CLIENT_STATUS });
  const strangers = strangerLimits(TRANSACTION_BYTES_MAX);
  const server = grpcServer({ address, services: [service], log, strangers, limits: { stopGraceMs: 50 } });
  await api.start();
  await server.start();
  return {
    address: server.boundAddress(),
    stop: async () => {
      await api.stop();
      await server.stop();
    },
  };
}

/** A foreign client: gRPC without a setting of its own, which takes 4 MiB. */
function plainClient(address: string) {
  const client = new Client(address, credentials.createInsecure());
  const definition = serviceDefinition(ConsensusServiceDefinition);
  const get = (request: GetBlockRequest): Promise<GetBlockResponse> => {
    const { path, requestSerialize, responseDeserialize } = definition['getBlock'] ?? assert.fail();
    return new Promise((resolve, reject) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
        error === null ? resolve(answer as GetBlockResponse) : reject(error),
      ),
    );
  };
  return { get, close: () => client.close() };
}

describe('a block of more than 4 MiB', () => {
  const member = memoryMember();
  const large = Array.from({ length: 17 }, (_, at) => Buffer.alloc(256 * 1024, at));
  member.chain.append(...large);
  let served: Served;

  before(async () => {
    served = await serve(member);
  });
  after(() => served.stop());

  test('F-37: comes in pages that a client of gRPC takes as it is, the proof with the first', async () => {
    const plain = plainClient(served.address);
    const read: Uint8Array[] = [];
    try {
      for (let first = 0, pages = 0; pages === 0 || first > 0; pages++) {
        const request = { height: 1n, latest: false, headerOnly: false, firstTransaction: first };
        const { block, commitCertificate, nextTransaction } = await plain.get(request);
        assert.equal(commitCertificate !== undefined, pages === 0);
        read.push(...(block?.transactions ?? []));
        first = nextTransaction;
        assert.ok(pages < 3);
      }
    } finally {
      plain.close();
    }
    assert.deepEqual(read.map(hashOf), large.map(hashOf));
  });

  test('F-37: is whole for whoever asks the library, and in a watch', async () => {
    const client = connectClient({ address: served.address });
    try {
      const whole = await client.getBlock(1n);
      assert.deepEqual(whole.transactions.map(hashOf), large.map(hashOf));
      for await (const { transactions } of client.watch({ startHeight: 1n, includeTransactions: true })) {
        assert.deepEqual(transactions.map(hashOf), large.map(hashOf));
        break;
      }
    } finally {
      client.close();
    }
  });

  test('F-37: has no page behind its end', async () => {
    const grpc = grpcClient(ConsensusServiceDefinition, { address: served.address });
    const request = { height: 1n, latest: false, headerOnly: false, firstTransaction: 18 };
    try {
      await assert.rejects(grpc.getBlock(request), /first_transaction is above 17/);
    } finally {
      grpc.close();
    }
  });
});

/** The error of a call that a member refuses. */
async function refusalOf(call: Promise<unknown>): Promise<RemoteError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RemoteError);
  return error;
}

/** A member that gives every transaction this answer. */
function refusingMember(result: TransactionAnswer): Pick<MemoryMember, 'ports'> {
  const { ports } = memoryMember();
  return { ports: { ...ports, mempool: { ...ports.mempool, submit: (_, { answer }) => answer?.(result) } } };
}

const hashOf = (bytes: Uint8Array) => transactionOf(bytes).hash;
const apple = Buffer.from('apple');
const pear = Buffer.from('pear');

describe('a client and the API of a member', () => {
  const member = memoryMember();
  let served: Served;
  let client: FederationClient;

  before(async () => {
    served = await serve(member);
    client = connectClient({
      address: served.address,
      resume: { backoffMsMin: 5, backoffMsMax: 50, silenceMsMax: 60_000 },
    });
  });
  after(async () => {
    client.close();
    await served.stop();
  });

  test('submit, wait, and get with proofs', async () => {
    const { hash, isFinal } = await client.submit(apple);
    assert.deepEqual([hash, isFinal], [transactionOf(apple).hash, false]);
    assert.equal((await client.get(hash)).state, 'pending');
    const waiting = client.wait(hash, { deadlineMs: 60_000 });
    setTimeout(() => member.chain.append(pear, apple), 20);
    assert.deepEqual(await waiting, { height: 1n, index: 1 });
    const final = await client.get(hash);
    assert.ok(final.state === 'final');
    assert.deepEqual([final.height, final.index, final.stateProof.size], [1n, 1, 2n]);
    assert.deepEqual(await client.submit(apple), { hash, isFinal: true });
  });

  for (const sizeBytes of [TRANSACTION_BYTES_MAX + 1, 100_000, 400_000, 8 * 1024 * 1024]) {
    test(`F-32: a transaction of ${sizeBytes} bytes is too large, and that is what the answer says`, async () => {
      const { detail } = await refusalOf(client.submit(Buffer.alloc(sizeBytes, 1), { deadlineMs: 60_000 }));
      const { trailer = {}, ...told } = detail;
      assert.deepEqual(told, {
        code: 'REMOTE_CALL_FAILED',
        method: 'btcfed.consensus.v1.ConsensusService/SubmitTransaction',
        status: 'INVALID_ARGUMENT',
        errorCode: 'CONSENSUS_TRANSACTION_TOO_LARGE',
      });
      // The rest of a request that is larger than any is not read, and its transaction is not measured.
      const size = sizeBytes > REQUEST_BYTES_MAX ? undefined : `${sizeBytes}`;
      assert.equal(trailer['btcfed-transaction-bytes'], size);
      assert.equal((await client.status()).header?.chainId, 'test-chain', 'and the connection goes on');
    });
  }

  for (const [errorCode, result, reason] of [
    ['CONSENSUS_VOTE_REFUSED', voteRefused('a vote of a stranger'), 'a vote of a stranger'],
    [
      'CONSENSUS_TRANSACTION_REFUSED',
      { codespace: 'application', code: 'no-funds', log: 'the account is empty' },
      'no-funds',
    ],
    [
      'CONSENSUS_TRANSACTION_REFUSED',
      { codespace: 'application', code: '100% leer, Müller\n', log: 'das Konto ist leer' },
      '100%25 leer, M%C3%BCller%0A',
    ],
  ] as const) {
    test(`are told the reason of a refused transaction beside ${errorCode}: ${reason}`, async () => {
      const refusing = await serve(refusingMember(result));
      const asking = connectClient({ address: refusing.address });
      try {
        const { detail } = await refusalOf(asking.submit(apple));
        assert.deepEqual([detail.errorCode, detail.trailer?.['btcfed-refusal-reason']], [errorCode, reason]);
      } finally {
        asking.close();
        await refusing.stop();
      }
    });
  }

  test('read blocks, status and validators', async () => {
    const block = await client.getBlock('latest');
    assert.deepEqual(
      block.transactions.map((each) => Buffer.from(each).toString()),
      ['pear', 'apple'],
    );
    const header = await client.getHeader(1n);
    assert.deepEqual([header.digest, header.transactions.length], [block.digest, 0]);
    assert.equal((await client.getBlock(0n)).header.height, 0n);
    assert.equal((await client.status()).header?.finalHeight, 1n);
    assert.equal((await client.validators()).quorum.commitWeight, 3n);
  });

  for (const [name, call, status, errorCode] of [
    [
      'an empty transaction',
      () => client.submit(new Uint8Array(0)),
      'INVALID_ARGUMENT',
      'CONSENSUS_TRANSACTION_EMPTY',
    ],
    ['a future height', () => client.getBlock(99n), 'NOT_FOUND', 'CONSENSUS_BLOCK_NOT_FINAL'],
    [
      'an unknown transaction',
      () => client.get(transactionOf(Buffer.from('plum')).hash),
      'NOT_FOUND',
      'CONSENSUS_TRANSACTION_UNKNOWN',
    ],
  ] as const) {
    test(`are told the code of a refusal: ${name}`, async () => {
      await assert.rejects(call(), (error: { detail: { status: string; errorCode: string } }) => {
        assert.deepEqual([error.detail.status, error.detail.errorCode], [status, errorCode]);
        return true;
      });
    });
  }

  test('give up a wait at its deadline', async () => {
    const waiting = client.wait(transactionOf(Buffer.from('plum')).hash, { deadlineMs: 50 });
    await assert.rejects(waiting, (error: { detail: { status: string } }) => {
      assert.equal(error.detail.status, 'DEADLINE_EXCEEDED');
      return true;
    });
  });

  test('refuse a hash of another length', async () => {
    const raw = grpcClient(ConsensusServiceDefinition, { address: served.address });
    const { transactionHash: short } = {
      transactionHash: digestBytes(transactionOf(apple).hash).subarray(1),
    };
    await assert.rejects(raw.getTransaction({ transactionHash: short }), { name: 'RemoteError' });
    raw.close();
  });

  test('watch over a restart of the member, without a gap', async () => {
    const owner = new AbortController();
    const start = member.chain.tip().height;
    const heights: bigint[] = [];
    const restart = async (): Promise<void> => {
      await served.stop();
      member.chain.append();
      served = await serve(member, served.address);
      member.chain.append();
    };
    let restarted: Promise<void> | undefined;
    const watching = (async () => {
      for await (const { header } of client.watch({ startHeight: start, signal: owner.signal })) {
        heights.push(header.height);
        if (heights.length === 2) restarted = restart();
        if (heights.length === 4) owner.abort();
      }
    })();
    member.chain.append();
    await watching;
    await restarted;
    assert.deepEqual(heights, [start, start + 1n, start + 2n, start + 3n]);
    assert.equal((await client.status()).header?.finalHeight, start + 3n);
  });
});
