import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  type GetSignerResponse,
  SignerServiceDefinition,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { SignerClient } from '#services/consensus/adapters/signer-client.ts';
import { composeSigner } from '#services/signer/compose.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { clientTls, type SignerHome, signerHome, TEST_CHAIN } from '#test/support/signer/signer-home.ts';
import { within } from '#test/support/within.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const { getSigner, openSession } = SignerServiceDefinition.methods;
/** A call of an earlier version; the messages do not matter. */
const old = (name: string) => ({ ...openSession, name });
const OLDER_CONSENSUS = {
  ...SignerServiceDefinition,
  methods: { signProposal: old('SignProposal'), signVote: old('SignVote'), signTimeout: old('SignTimeout') },
} as const;
const OLDER_SIGNER = { ...SignerServiceDefinition, methods: { getSigner, openSession } } as const;

/** A signer that has no call Sign. */
async function olderSigner({ config, publicKey }: SignerHome) {
  const facts = { publicKey } as GetSignerResponse;
  const log = memoryLogger();
  const service = bindService(
    OLDER_SIGNER,
    { getSigner: async () => facts, openSession: async () => ({ session: 1n }) },
    { log, statusByCode: {} },
  );
  const tls = {
    ca: readFileSync(config.SIGNER_TLS_CA),
    certificate: readFileSync(config.SIGNER_TLS_CERT),
    key: readFileSync(config.SIGNER_TLS_KEY),
    requireClientCertificate: true,
    keyExchange: 'hybrid',
  } as const;
  const server = grpcServer({ address: '127.0.0.1:0', tls, services: [service], log });
  await server.start();
  return server;
}

describe('signer and consensus of one member that are not of one version', () => {
  test('an older consensus is told by every call that it makes to be updated too', async () => {
    await using home = await signerHome(SCHEME);
    const signer = await composeSigner(home.config, memoryLogger());
    await signer.start();
    const client = grpcClient(OLDER_CONSENSUS, { address: signer.boundAddress(), tls: clientTls(home) });
    try {
      for (const call of ['signProposal', 'signVote', 'signTimeout'] as const) {
        await assert.rejects(client[call]({}), (error: Error & { detail?: object }) => {
          // An older consensus writes this sentence into its log, and stops.
          assert.match(error.message, /update consensus of this member to the version of its signer/);
          assert.deepEqual(error.detail, {
            code: 'REMOTE_CALL_FAILED',
            method: `btcfed.signer.v1.SignerService/${OLDER_CONSENSUS.methods[call].name}`,
            status: 'UNIMPLEMENTED',
            errorCode: 'SIGNER_CALL_RETIRED',
          });
          return true;
        });
      }
    } finally {
      client.close();
      await signer.stop();
    }
  });

  test('a newer consensus says that its signer is to be updated, asks again, and goes on once it was', async () => {
    await using home = await signerHome(SCHEME);
    const older = await olderSigner(home);
    const address = older.boundAddress();
    const log = memoryLogger();
    const client = new SignerClient({
      ...{ address, tls: clientTls(home), chain: TEST_CHAIN, log },
      traceIdOf: () => '',
      handoverOf: () => undefined,
      onLost: (reason) => assert.fail(reason),
    });
    const fault = () => client.fault;
    try {
      await client.openSession();
      assert.equal(fault(), undefined);
      const answered = Promise.withResolvers<SignatureAnswer>();
      const statement = timeoutStatement(toView(1n), { view: toView(0n), digest: GENESIS.digest });
      client.sign({ statement, grounds: {}, epoch: toEpoch(0n) }, answered.resolve);
      while (fault() === undefined) await turn();
      assert.match(
        fault()?.reason ?? '',
        /^the signer is older than consensus and has no call Sign: update the signer/,
      );
      assert.ok(log.lines.some(({ fields }) => fields?.['reason'] === fault()?.reason));
      await older.stop();
      const signer = await composeSigner({ ...home.config, SIGNER_LISTEN: address }, memoryLogger());
      await signer.start();
      try {
        // The session is of the older signer's process: as after any restart, consensus opens one.
        await within('a session', opened(client));
        const { kind } = await within('a signature', answered.promise);
        assert.equal(kind, 'signed');
        assert.equal(fault(), undefined);
      } finally {
        await signer.stop();
      }
    } finally {
      client.stop();
      await older.stop();
    }
  });
});

/** Opens a session once the signer can be reached. */
async function opened(client: SignerClient): Promise<void> {
  for (;;) {
    const isOpen = await client.openSession().then(
      () => true,
      () => false,
    );
    if (isOpen) return;
    await turn();
  }
}
