import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import { connect, createSecureContext } from 'node:tls';
import { parseAddress } from '#libs/grpc/address.ts';
import { keyPin } from '#libs/grpc/caller.ts';
import type { ClientTls } from '#libs/grpc/tls.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { createAuthority } from '#libs/pki/pki.ts';
import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import { wordsOf } from '#libs/protocols/words-of.ts';
import { signerClients } from '#services/cli/adapters/signer-clients.ts';
import { composeSigner } from '#services/signer/compose.ts';
import { clientFileText } from '#services/signer/edge/client-file.ts';
import { type ClientMatrix, type Grant, OPERATIONS } from '#services/signer/edge/client-matrix.ts';
import { usualGrants } from '#services/signer/edge/usual-grants.ts';
import type { SignerLifecycle } from '#services/signer/signer-lifecycle.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import {
  type ClientIdentity,
  clientTls,
  type SignerClient,
  type SignerHome,
  signerClient,
  signerHome,
} from '#test/support/signer/signer-home.ts';
import { putBytes, withStatement } from '#test/support/signer/signer-peers.ts';

const DAY_MS = 86_400_000;
const BLOCK = blockOn(GENESIS, 4);
/** Every field of the matrix that is of this chain's protocol. */
const ALL = usualGrants('hotstuff', STATEMENT_WORDS, OPERATIONS).filter(
  ({ protocol }) => protocol === 'hotstuff',
);

/** Status and code that a call ends with; `served` when the gate let it through, with any answer of the core. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'served';
  } catch (error) {
    const { status, errorCode } = (error as { detail: { status: string; errorCode?: string } }).detail;
    const isGate = errorCode === 'SIGNER_NOT_ALLOWED' || errorCode === undefined;
    return isGate ? `${status} ${errorCode ?? ''}`.trim() : 'served';
  }
}

const REFUSED = 'PERMISSION_DENIED SIGNER_NOT_ALLOWED';

/** One call of each field of the matrix. */
function calls({ others }: SignerHome): Readonly<Record<string, (client: SignerClient) => Promise<unknown>>> {
  return {
    describe: (client) => client.getSigner({}),
    session: (client) => client.openSession({}),
    certificate: (client) => putBytes(client, others.scope(), new Uint8Array(10)),
    'sign proposal': (client) => client.sign(others.proposal(BLOCK)),
    'sign prepare': (client) => client.sign(others.vote('prepare', BLOCK)),
    'sign pre-commit': (client) => client.sign(others.vote('pre-commit', BLOCK)),
    'sign commit': (client) => client.sign(others.vote('commit', BLOCK)),
    'sign timeout': (client) => client.sign(others.timeout(9)),
    'membership-automatic': (client) =>
      client.signAutomaticVote({ change: new Uint8Array(3), goodUntil: 1n }),
    membership: (client) => client.signMembershipVote({ change: new Uint8Array(3), goodUntil: 1n }),
  };
}

const nameOf = ({ operation, kind }: Grant) => `${operation} ${kind ?? ''}`.trim();
const ROUNDS = wordsOf(new Map([[ROUNDS_TABLE.protocol, ROUNDS_TABLE]]));
const pinOf = ({ certificate }: ClientTls) => keyPin(certificate ?? new Uint8Array());

describe('who may ask a signer for what (services/signer/README.md R9)', () => {
  const log = memoryLogger();
  let home: SignerHome;
  let signer: SignerLifecycle;
  let matrixFile = '';
  /** One certificate for each field of the matrix, allowed that field and nothing else. */
  const single = new Map<string, ClientTls>();
  let full: ClientTls;
  let next: ClientTls;
  let expired: ClientTls;
  let matrix: ClientMatrix = [];

  const identity = (change: ClientIdentity = {}) => clientTls(home, change);
  const through = async (
    tls: ClientTls,
    call: (client: SignerClient) => Promise<unknown>,
  ): Promise<string> => {
    const client = signerClient(signer.boundAddress(), tls);
    try {
      return await outcomeOf(call(client));
    } finally {
      client.close();
    }
  };
  const describeAs = (tls: ClientTls) => through(tls, (client) => client.getSigner({}));

  before(async () => {
    home = await signerHome('slh-dsa-sha2-128f');
    full = identity();
    next = identity();
    mock.timers.enable({ apis: ['Date'], now: Date.now() - 10 * DAY_MS });
    expired = identity();
    mock.timers.reset();
    for (const grant of ALL) single.set(nameOf(grant), identity({ commonName: `only ${nameOf(grant)}` }));
    matrix = [
      { name: 'consensus', pins: [pinOf(full), pinOf(next)], grants: ALL },
      { name: 'late', pins: [pinOf(expired)], grants: ALL },
      ...ALL.map((grant) => {
        const label = nameOf(grant);
        return { name: label.replace(' ', '-'), pins: [pinOf(single.get(label) ?? full)], grants: [grant] };
      }),
    ];
    matrixFile = join(home.root, 'clients.json');
    await signerClients.write(matrixFile, matrix);
    signer = await composeSigner({ ...home.config, SIGNER_CLIENTS_FILE: matrixFile }, log);
    await signer.start();
  });
  after(async () => {
    await signer.stop();
    await home[Symbol.asyncDispose]();
  });

  for (const grant of ALL) {
    test(`a client that may ${nameOf(grant)} may do nothing else`, async () => {
      const tls = single.get(nameOf(grant));
      assert.ok(tls !== undefined);
      for (const [label, call] of Object.entries(calls(home))) {
        assert.equal(await through(tls, call), label === nameOf(grant) ? 'served' : REFUSED, label);
      }
    });
  }

  test('a client of all fields may ask for all', async () => {
    for (const [label, call] of Object.entries(calls(home)))
      assert.equal(await through(full, call), 'served', label);
  });

  test('a certificate of the same authority and the same name with another key may ask for nothing', async () => {
    assert.equal(await describeAs(identity()), REFUSED);
  });

  test('rules for another protocol than that of the genesis allow its statements alone, which this epoch has not', async () => {
    await using other = await signerHome('slh-dsa-sha2-128f');
    const tls = clientTls(other);
    const tables = new Map([...VOTE_TABLES, [ROUNDS_TABLE.protocol, ROUNDS_TABLE]]);
    const rows = [{ name: 'other', pins: [pinOf(tls)], grants: usualGrants('rounds', ROUNDS, OPERATIONS) }];
    const file = join(other.root, 'other.json');
    await writeFile(file, clientFileText(file, rows, wordsOf(tables)));
    const second = await composeSigner({ ...other.config, SIGNER_CLIENTS_FILE: file }, log, { tables });
    await second.start();
    const client = signerClient(second.boundAddress(), tls);
    try {
      // Kinds that the other protocol has too are refused with the rest: the core says which one is in force.
      for (const [label, call] of Object.entries(calls(other)))
        assert.equal(await outcomeOf(call(client)), REFUSED, label);
      const leave = withStatement(other.others.timeout(9), { kind: 'leave' });
      await assert.rejects(client.sign(leave), {
        message: /the protocol of this epoch has no such statement/,
      });
    } finally {
      client.close();
      await second.stop();
    }
  });

  for (const [name, made] of [
    ['of another authority', () => identity({ issuer: createAuthority('stranger', 2) })],
    ['for servers', () => identity({ usage: 'server' })],
    ['that is expired, although its key is pinned', () => expired],
  ] as const) {
    test(`a certificate ${name} reaches nothing at all`, async () => {
      assert.equal(await describeAs(made()), 'UNAVAILABLE');
    });
  }

  test('only TLS 1.3 with the hybrid key exchange is spoken', async () => {
    const { kind: _, ...place } = parseAddress(signer.boundAddress());
    const hand = async (options: object): Promise<string> => {
      const { ca, certificate: cert, key } = full;
      const secureContext = createSecureContext({ ca, cert, key, ...options });
      const socket = connect({ ...place, secureContext, servername: 'localhost', ALPNProtocols: ['h2'] });
      try {
        await once(socket, 'secureConnect');
        return `${socket.getProtocol()}`;
      } catch (error) {
        return (error as { code?: string }).code ?? 'refused';
      } finally {
        socket.destroy();
      }
    };
    assert.equal(await hand({}), 'TLSv1.3');
    assert.equal(await hand({ ecdhCurve: 'X25519MLKEM768' }), 'TLSv1.3');
    for (const classical of ['X25519', 'P-256', 'P-384', 'X25519:P-256']) {
      assert.match(await hand({ ecdhCurve: classical }), /ALERT|HANDSHAKE|ECONNRESET/, classical);
    }
    assert.match(await hand({ maxVersion: 'TLSv1.2' }), /ALERT|PROTOCOL|ECONNRESET/);
  });

  test('a key rolls over without a restart: both pins are served, then the old one no more', async () => {
    assert.deepEqual([await describeAs(full), await describeAs(next)], ['served', 'served']);
    await signerClients.write(
      matrixFile,
      matrix.map((row) => (row.name === 'consensus' ? { ...row, pins: [pinOf(next)] } : row)),
    );
    await until(async () => (await describeAs(full)) === REFUSED);
    assert.equal(await describeAs(next), 'served');
  });

  test('an edit takes away at once and gives nothing before the next start', async () => {
    const stranger = identity({ commonName: 'new' });
    const wanted: ClientMatrix = [
      { name: 'new', pins: [pinOf(stranger)], grants: ALL },
      {
        name: 'consensus',
        pins: [pinOf(next), pinOf(full)],
        grants: usualGrants('hotstuff', STATEMENT_WORDS, ['describe']),
      },
    ];
    await signerClients.write(matrixFile, wanted);
    await until(async () => (await through(next, (client) => client.openSession({}))) === REFUSED);
    assert.equal(await describeAs(next), 'served');
    assert.deepEqual([await describeAs(stranger), await describeAs(full)], [REFUSED, REFUSED]);
    const said = log.lines.find(({ message }) => message.includes('that needs a restart'));
    assert.match(JSON.stringify(said), /client new/);
  });

  test('a file that makes no sense changes nothing, and is said', async () => {
    await writeFile(matrixFile, '{ "version": 1, "clients": [], "more": true }');
    await until(async () => {
      await describeAs(next);
      return log.lines.some(({ message }) => message.includes('the old one stays in force'));
    });
    assert.equal(await describeAs(next), 'served');
  });
});

/** Asks again until it holds: the file is looked at once a second. The test's own limit ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
