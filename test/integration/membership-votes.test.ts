import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { toEpoch, toHeight } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { keyPin } from '#libs/grpc/caller.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { changeDigest, encodeChange, type MembershipChange } from '#libs/membership/change.ts';
import {
  CHANGE_BYTES_MAX,
  MEMBER_KEYS_BYTES_MAX,
  MEMBERS_MAX,
  TERMS_SECTIONS_BYTES_MAX,
} from '#libs/membership/limits.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { signerClients } from '#services/cli/adapters/signer-clients.ts';
import { composeSigner } from '#services/signer/compose.ts';
import { composeCore } from '#services/signer/compose-core.ts';
import { OPERATIONS, type Operation } from '#services/signer/edge/client-matrix.ts';
import { coreClient } from '#services/signer/edge/core-client.ts';
import { usualGrants } from '#services/signer/edge/usual-grants.ts';
import type { EdgeVotes } from '#services/signer/running/core-votes.ts';
import { signerAdmin } from '#services/signer/socket/admin-client.ts';
import { memberOf } from '#test/support/chain/membership.ts';
import {
  clientTls,
  type SignerHome,
  signerClient,
  signerHome,
  TEST_CHAIN,
} from '#test/support/signer/signer-home.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const CHANGE: MembershipChange = { chain: TEST_CHAIN, epoch: toEpoch(0n), leave: ['m1'], join: [] };
const WANTED = { change: encodeChange(CHANGE), goodUntil: 100n };
const NOT_ALLOWED = 'SIGNER_NOT_ALLOWED';

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'signed',
    (error: Error & { detail: { code: string; errorCode?: string } }) =>
      error.detail.errorCode ?? error.detail.code,
  );

async function isVote(
  { publicKey }: SignerHome,
  change: MembershipChange,
  signature: Uint8Array,
): Promise<boolean> {
  const vote = { change, digest: changeDigest(change), goodUntil: toHeight(WANTED.goodUntil) };
  return schemeByName(SCHEME).verify(publicKey, membershipSigningBytes('hotstuff', vote), signature);
}

/** The answer to a vote of a client with these operations, and the signer's warning about the client at its start. */
async function asClient(home: SignerHome, operations?: readonly Operation[]) {
  const log = memoryLogger();
  const tls = clientTls(home);
  const file = join(home.root, 'clients.json');
  const pins = [keyPin(tls.certificate ?? new Uint8Array())];
  const grants = usualGrants('hotstuff', STATEMENT_WORDS, operations);
  await signerClients.write(file, [{ name: 'consensus', pins, grants }]);
  const signer = await composeSigner({ ...home.config, SIGNER_CLIENTS_FILE: file }, log);
  await signer.start();
  const client = signerClient(signer.boundAddress(), tls);
  try {
    const code = await codeOf(client.signMembershipVote(WANTED));
    return {
      code,
      warns: log.lines.filter(({ message }) => message.includes('may vote for changes')).length,
    };
  } finally {
    client.close();
    await signer.stop();
  }
}

describe('who votes for a change of the members', () => {
  test('F-02: not consensus by its name, nor by a matrix that does not say so in so many words', async () => {
    await using home = await signerHome(SCHEME);
    const signer = await composeSigner(home.config, memoryLogger());
    await signer.start();
    const client = signerClient(signer.boundAddress(), clientTls(home));
    assert.equal(await codeOf(client.signMembershipVote(WANTED)), NOT_ALLOWED);
    client.close();
    await signer.stop();
    assert.deepEqual(await asClient(home), { code: NOT_ALLOWED, warns: 0 });
    assert.deepEqual(await asClient(home, ['membership']), { code: 'signed', warns: 0 });
    assert.deepEqual(await asClient(home, OPERATIONS), { code: 'signed', warns: 1 });
  });

  test('F-02: its operator at the admin socket, for the longest change that there can be', async () => {
    await using home = await signerHome(SCHEME);
    await using core = await runningCore(home);
    const admin = signerAdmin(core.adminSocket, (sentence) => new Error(sentence));
    try {
      const { signature } = await admin.signOperatorVote(WANTED);
      assert.ok(await isVote(home, CHANGE, signature));
      const names = Array.from({ length: MEMBERS_MAX }, (_, at) => `${'x'.repeat(28)}${1000 + at}`);
      // A purpose that takes all the room that further keys have.
      const proof = new Uint8Array(MEMBER_KEYS_BYTES_MAX - 14);
      const key = { purpose: 9, scheme: '', publicKey: new Uint8Array(0), proof, needs: '99999.99999.99999' };
      const join = names.map((name, at) =>
        memberOf(at, { name, publicKey: new Uint8Array(64).fill(at), keys: [key] }),
      );
      const content = new Uint8Array(TERMS_SECTIONS_BYTES_MAX - 6);
      const terms = { needs: '99999.99999.99999', others: [{ tag: 9, content }] };
      const longest = { ...CHANGE, leave: names, join, terms };
      const change = encodeChange(longest);
      assert.ok(change.length > CHANGE_BYTES_MAX - 128);
      const long = await admin.signOperatorVote({ ...WANTED, change });
      assert.ok(await isVote(home, longest, long.signature));
      const future = encodeChange({ ...CHANGE, epoch: toEpoch(7n) });
      assert.equal(await codeOf(admin.signOperatorVote({ ...WANTED, change: future })), 'SIGNER_WRONG_EPOCH');
      assert.equal(
        await codeOf(admin.signOperatorVote({ ...WANTED, goodUntil: 604_801n })),
        'SIGNER_VOTE_TERM',
      );
      assert.equal(await codeOf(admin.signOperatorVote({ ...WANTED, goodUntil: 0n })), 'SIGNER_MALFORMED');
    } finally {
      admin.close();
    }
  });

  test('F-02: nobody through an edge, unless the operator of the core says so', async () => {
    for (const [votes, code, automatic] of [
      ['none', NOT_ALLOWED, NOT_ALLOWED],
      ['automatic', NOT_ALLOWED, 'signed'],
      ['clients', 'signed', 'signed'],
    ] as const) {
      await using home = await signerHome(SCHEME, 3);
      await using core = await runningCore(home, votes);
      const edge = coreClient(core.socket);
      assert.equal(await codeOf(edge.signMembershipVote(WANTED)), code);
      assert.equal(await codeOf(edge.signAutomaticVote(WANTED)), automatic);
      edge.close();
    }
  });
});

describe('F-02: a client that may vote without a person', () => {
  test('F-02: has one change an epoch, by a grant of its own that consensus has not by itself', async () => {
    await using home = await signerHome(SCHEME, 3);
    const tls = clientTls(home);
    const pins = [keyPin(tls.certificate ?? new Uint8Array())];
    const file = join(home.root, 'clients.json');
    const other = { ...WANTED, change: encodeChange({ ...CHANGE, leave: ['m2'] }) };
    const newcomer = { ...WANTED, change: encodeChange({ ...CHANGE, leave: [], join: [memberOf(9)] }) };
    const started = async (grants: ReturnType<typeof usualGrants>) => {
      await signerClients.write(file, [{ name: 'consensus', pins, grants }]);
      const signer = await composeSigner({ ...home.config, SIGNER_CLIENTS_FILE: file }, memoryLogger());
      await signer.start();
      const client = signerClient(signer.boundAddress(), tls);
      return {
        client,
        async [Symbol.asyncDispose]() {
          client.close();
          await signer.stop();
        },
      };
    };
    {
      await using plain = await started(usualGrants('hotstuff', STATEMENT_WORDS));
      assert.equal(await codeOf(plain.client.signAutomaticVote(WANTED)), NOT_ALLOWED);
    }
    const grants = usualGrants('hotstuff', STATEMENT_WORDS, ['session', 'membership-automatic']);
    {
      await using granted = await started(grants);
      const { client } = granted;
      assert.equal(await codeOf(client.signMembershipVote(WANTED)), NOT_ALLOWED, 'not those of a person');
      assert.equal(await codeOf(client.signAutomaticVote(newcomer)), 'SIGNER_VOTE_NOT_AUTOMATIC');
      const { signature } = await client.signAutomaticVote(WANTED);
      assert.ok(await isVote(home, CHANGE, signature));
      assert.equal(await codeOf(client.signAutomaticVote(other)), 'SIGNER_VOTE_GIVEN');
    }
    await using again = await started(grants);
    assert.equal(
      await codeOf(again.client.signAutomaticVote(other)),
      'SIGNER_VOTE_GIVEN',
      'after a restart too',
    );
    assert.equal(await codeOf(again.client.signAutomaticVote(WANTED)), 'signed');
  });
});

interface RunningCore extends AsyncDisposable {
  readonly socket: string;
  readonly adminSocket: string;
}

async function runningCore(home: SignerHome, votes: EdgeVotes = 'none'): Promise<RunningCore> {
  const [socket, adminSocket] = [join(home.root, 'core.sock'), join(home.root, 'admin.sock')];
  const core: Lifecycle = await composeCore(
    {
      SIGNER_CORE_SOCKET: socket,
      SIGNER_CORE_ADMIN_SOCKET: adminSocket,
      SIGNER_CORE_FOLDER: home.config.SIGNER_FOLDER,
      SIGNER_CORE_SOCKET_ACCESS: 'owner',
      SIGNER_CORE_VOTES: votes,
      SIGNER_CORE_PROTOCOL: 'hotstuff',
      SIGNER_CORE_BACKEND: 'auto',
      SIGNER_CORE_SIGNING: 'hedged',
      SIGNER_CORE_NICENESS: 0,
    },
    memoryLogger(),
  );
  await core.start();
  return { socket, adminSocket, [Symbol.asyncDispose]: () => core.stop() };
}
