import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { toHex } from '#libs/bytes/hex.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { sealKey } from '#services/signer/ceremony/seal-key.ts';
import { composeEdge } from '#services/signer/compose-edge.ts';
import { passphraseFrom } from '#services/signer/key/passphrase.ts';
import { type SignerAdmin, signerAdmin } from '#services/signer/socket/admin-client.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { copiesInMemory } from '#test/support/programs/process-memory.ts';
import {
  clientTls,
  type SignerClient,
  type SignerHome,
  signerClient,
  signerHome,
  writeClientCertificate,
} from '#test/support/signer/signer-home.ts';
import { within } from '#test/support/within.ts';

const CORE_MAIN = fileURLToPath(new URL('../../services/signer/main-core.ts', import.meta.url));
const PASSPHRASE = 'seven words that nobody would ever guess';
const START_MS_MAX = 300_000;

/** A core as a process of its own, whose key is sealed, and an edge in front of it. */
class SealedCore implements AsyncDisposable {
  readonly home: SignerHome;
  readonly secret: Uint8Array;
  readonly adminSocket: string;
  readonly admin: SignerAdmin;
  readonly client: SignerClient;
  readonly #held: AsyncDisposableStack;
  readonly #child: ChildProcess;

  private constructor(
    home: SignerHome,
    parts: { secret: Uint8Array; child: ChildProcess; client: SignerClient; held: AsyncDisposableStack },
  ) {
    this.home = home;
    this.secret = parts.secret;
    this.client = parts.client;
    this.#child = parts.child;
    this.#held = parts.held;
    this.adminSocket = join(home.root, 'admin.sock');
    this.admin = parts.held.adopt(
      signerAdmin(this.adminSocket, (sentence) => new Error(sentence)),
      (admin) => admin.close(),
    );
  }

  static async start(): Promise<SealedCore> {
    await using held = new AsyncDisposableStack();
    const home = held.use(await signerHome('slh-dsa-sha2-128f'));
    const { root, config } = home;
    const keyFile = join(config.SIGNER_FOLDER, 'signer.key');
    const secret = Buffer.from(JSON.parse(readFileSync(keyFile, 'utf8')).secret_key, 'hex');
    writeFileSync(join(root, 'passphrase'), PASSPHRASE, { mode: 0o600 });
    await sealKey({ folder: config.SIGNER_FOLDER, newPassphrase: passphraseFrom(join(root, 'passphrase')) });
    const child = held.adopt(await startCore(home), endOf);
    const tls = clientTls(home);
    const edge = await composeEdge(
      {
        SIGNER_EDGE_LISTEN: '127.0.0.1:0',
        SIGNER_EDGE_CORE: join(root, 'core.sock'),
        SIGNER_EDGE_TLS_CA: config.SIGNER_TLS_CA,
        SIGNER_EDGE_TLS_CERT: config.SIGNER_TLS_CERT,
        SIGNER_EDGE_TLS_KEY: config.SIGNER_TLS_KEY,
        SIGNER_EDGE_CLIENT_NAME: 'consensus',
        SIGNER_EDGE_PROTOCOL: 'hotstuff',
        SIGNER_EDGE_CLIENT_CERTS: [await writeClientCertificate(home, tls)],
      },
      memoryLogger(),
    );
    await edge.start();
    held.defer(() => edge.stop());
    const client = held.adopt(signerClient(edge.boundAddress(), tls), (open) => open.close());
    return new SealedCore(home, { secret, child, client, held: held.move() });
  }

  /** SK.seed and SK.prf alone: the rest of a secret key is its public part, which is everywhere. */
  copies(): number {
    return copiesInMemory(this.#child.pid ?? 0, this.secret.subarray(0, this.secret.length / 2));
  }

  copiesOfPassphrase(): number {
    return copiesInMemory(this.#child.pid ?? 0, Buffer.from(PASSPHRASE, 'utf8'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }
}

async function startCore({ root, config }: SignerHome): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CORE_MAIN], {
    env: {
      SIGNER_CORE_SOCKET: join(root, 'core.sock'),
      SIGNER_CORE_ADMIN_SOCKET: join(root, 'admin.sock'),
      SIGNER_CORE_FOLDER: config.SIGNER_FOLDER,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (JSON.parse(line).message === 'service started') resolve();
    });
    child.once('exit', (code) => reject(new Error(`the core ended with code ${code}`)));
  });
  await within('the core to serve', started, START_MS_MAX);
  return child;
}

async function endOf(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => 'no refusal',
    (error: Error & { detail?: { errorCode?: string; code?: string } }) =>
      error.detail?.errorCode ?? error.detail?.code,
  );

describe('a sealed key', () => {
  test('SIG-13 is nowhere in memory until it is unlocked, then there once, and nowhere again when it is locked', async () => {
    await using core = await SealedCore.start();
    const { admin, client, home } = core;
    assert.equal(statSync(core.adminSocket).mode & 0o777, 0o600);
    assert.equal(core.copies(), 0);
    const { session } = await client.openSession({});
    const wanted = await home.others.prepare(1, 0, session);
    assert.equal(await codeOf(client.sign(wanted)), 'SIGNER_LOCKED');
    assert.equal((await client.getSigner({})).locked, true);

    const wrong = admin.unlock({ passphrase: Buffer.from('seven words that somebody guessed') });
    assert.equal(await codeOf(wrong), 'CRYPTO_SEAL_BROKEN');
    assert.equal(await codeOf(client.sign(wanted)), 'SIGNER_LOCKED');
    assert.equal(core.copies(), 0);

    await admin.unlock({ passphrase: Buffer.from(PASSPHRASE) });
    assert.equal((await client.getSigner({})).locked, false);
    const signed = await client.sign(wanted);
    assert.deepEqual([core.copies(), core.copiesOfPassphrase()], [1, 0]);

    await admin.lock();
    await admin.lock();
    assert.deepEqual([core.copies(), core.copiesOfPassphrase()], [0, 0]);
    assert.equal(await codeOf(client.sign(wanted)), 'SIGNER_LOCKED');
    await admin.unlock({ passphrase: Buffer.from(PASSPHRASE) });
    assert.deepEqual(await client.sign(wanted), { ...signed, repeatedSignature: true });
  });

  test('SIG-18 is unlocked and locked by the command line, with the passphrase from a file', async () => {
    await using core = await SealedCore.start();
    const socket = ['--socket', core.adminSocket, '--json'];
    const file = ['--passphrase-file', join(core.home.root, 'passphrase')];
    const asked = await runCommandLine('signer', 'unlock', ...socket);
    assert.equal(asked.code, 1);
    assert.match(asked.notes, /nobody is at the terminal: give --passphrase-file or --passphrase-fd/);
    const unlocked = await runCommandLine('signer', 'unlock', ...socket, ...file);
    assert.equal(unlocked.code, 0, unlocked.notes);
    const publicKey = toHex(core.home.publicKey);
    assert.deepEqual(JSON.parse(unlocked.out), { locked: false, mode: 'active', publicKey });
    assert.equal((await core.admin.getCustody()).locked, false);
    const locked = await runCommandLine('signer', 'lock', ...socket);
    assert.deepEqual(JSON.parse(locked.out), { locked: true, sealed: true, mode: 'active', publicKey });
    assert.equal((await core.admin.getCustody()).locked, true);
  });

  test('is out of reach of who may only ask for signatures: the edge has no such call', async () => {
    await using core = await SealedCore.start();
    const edge = signerAdmin(join(core.home.root, 'core.sock'), (sentence) => new Error(sentence));
    const refused = edge.unlock({ passphrase: Buffer.from(PASSPHRASE) });
    assert.equal(await codeOf(refused), 'SIGNER_MALFORMED');
    edge.close();
    assert.equal((await core.admin.getCustody()).locked, true);
    const nobody = await runCommandLine('signer', 'lock', '--socket', join(core.home.root, 'none.sock'));
    assert.equal(nobody.code, 3);
    assert.match(nobody.notes, /no signer answers at .*none\.sock/);
  });
});
