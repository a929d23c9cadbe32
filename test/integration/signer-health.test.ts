import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, type ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { clientCredentials } from '#libs/grpc/tls.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { Probes } from '#libs/service/probes.ts';
import { SERVICE_EXIT } from '#libs/service/service-exit.ts';
import { exportHistory } from '#services/signer/ceremony/export-history.ts';
import { sealKey } from '#services/signer/ceremony/seal-key.ts';
import { composeSigner } from '#services/signer/compose.ts';
import { composeEdge } from '#services/signer/compose-edge.ts';
import { passphraseFrom } from '#services/signer/key/passphrase.ts';
import type { SignerLifecycle } from '#services/signer/signer-lifecycle.ts';
import { type SignerAdmin, signerAdmin } from '#services/signer/socket/admin-client.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  clientTls,
  type SignerClient,
  type SignerHome,
  signerClient,
  signerHome,
  writeClientCertificate,
} from '#test/support/signer/signer-home.ts';
import { putCertificate } from '#test/support/signer/signer-peers.ts';
import { within } from '#test/support/within.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const CORE_MAIN = fileURLToPath(new URL('../../services/signer/main-core.ts', import.meta.url));
const PASSPHRASE = 'seven words that nobody would ever guess';
const CHANGE_MS_MAX = 300_000;
const COMMAND_MS_MAX = 300_000;
const SERVING = 1;
const NOT_SERVING = 2;

/** A stream of grpc.health.v1 for the server as a whole, which stays open over all that happens. */
class HealthWatch {
  readonly #client: Client;
  readonly #stream: ClientReadableStream<Buffer>;
  readonly states: number[] = [];
  #woken: () => void = () => undefined;

  constructor(address: string, tls: Parameters<typeof clientCredentials>[0]) {
    this.#client = new Client(address, clientCredentials(tls, address));
    const plain = (bytes: Buffer): Buffer => bytes;
    const path = '/grpc.health.v1.Health/Watch';
    this.#stream = this.#client.makeServerStreamRequest(
      path,
      plain,
      plain,
      Buffer.alloc(0),
      new Metadata(),
      {},
    );
    this.#stream.on('error', () => undefined);
    this.#stream.on('data', (status: Buffer) => {
      this.states.push(status[1] ?? 0);
      this.#woken();
    });
  }

  /** Waits until the newest state is this one. */
  async becomes(state: number, why: string): Promise<void> {
    while (this.states.at(-1) !== state) {
      const woken = new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
      await within(`health ${state}: ${why}`, woken, CHANGE_MS_MAX);
    }
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }
}

describe('health is SERVING only when the signer can sign (services/signer/README.md R12)', () => {
  let home: SignerHome;
  let core: ChildProcess;
  let edge: SignerLifecycle;
  let admin: SignerAdmin;
  let client: SignerClient;
  let watch: HealthWatch;
  let secret: Uint8Array;
  let session = 0n;
  const socket = (name: string): string => join(home.root, name);

  const startCore = async (): Promise<void> => {
    core = spawn(process.execPath, [CORE_MAIN], {
      env: {
        SIGNER_CORE_SOCKET: socket('core.sock'),
        SIGNER_CORE_ADMIN_SOCKET: socket('admin.sock'),
        SIGNER_CORE_FOLDER: home.config.SIGNER_FOLDER,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { stdout } = core;
    assert.ok(stdout);
    const started = new Promise<void>((resolve, reject) => {
      createInterface({ input: stdout }).on('line', (line) => {
        if (JSON.parse(line).message === 'service started') resolve();
      });
      core.once('exit', (code) => reject(new Error(`the core ended with code ${code}`)));
    });
    await within('the core to start', started, CHANGE_MS_MAX);
    admin?.close();
    admin = signerAdmin(socket('admin.sock'), (sentence) => new Error(sentence));
  };
  const endCore = async (): Promise<void> => {
    if (core.exitCode === null && core.signalCode === null) {
      const gone = once(core, 'exit');
      core.kill('SIGKILL');
      await within('the end of the core', gone);
    }
  };
  const unlock = () => admin.unlock({ passphrase: Buffer.from(PASSPHRASE, 'utf8') });

  before(async () => {
    home = await signerHome(SCHEME);
    const { SIGNER_FOLDER: folder } = home.config;
    const file = JSON.parse(readFileSync(join(folder, 'signer.key'), 'utf8'));
    secret = Buffer.from(file.secret_key, 'hex');
    writeFileSync(socket('passphrase'), PASSPHRASE, { mode: 0o600 });
    await sealKey({ folder, newPassphrase: passphraseFrom(socket('passphrase')) });
    const tls = clientTls(home);
    edge = await composeEdge(
      {
        SIGNER_EDGE_LISTEN: '127.0.0.1:0',
        SIGNER_EDGE_CORE: socket('core.sock'),
        SIGNER_EDGE_TLS_CA: home.config.SIGNER_TLS_CA,
        SIGNER_EDGE_TLS_CERT: home.config.SIGNER_TLS_CERT,
        SIGNER_EDGE_TLS_KEY: home.config.SIGNER_TLS_KEY,
        SIGNER_EDGE_CLIENT_NAME: 'consensus',
        SIGNER_EDGE_PROTOCOL: 'hotstuff',
        SIGNER_EDGE_CLIENT_CERTS: [await writeClientCertificate(home, tls)],
      },
      memoryLogger(),
    );
    await edge.start();
    client = signerClient(edge.boundAddress(), tls);
    watch = new HealthWatch(edge.boundAddress(), tls);
  });
  after(async () => {
    watch.close();
    client.close();
    admin?.close();
    await edge.stop();
    await endCore();
    await home[Symbol.asyncDispose]();
  });

  test('not without a core, nor with one that is locked; but as soon as it is unlocked', async () => {
    await watch.becomes(NOT_SERVING, 'no core');
    await startCore();
    assert.equal((await client.getSigner({})).locked, true);
    assert.deepEqual(watch.states, [NOT_SERVING]);
    await unlock();
    await watch.becomes(SERVING, 'unlocked');
  });

  test('not while the core is silent, although it lives and its socket is open', async () => {
    core.kill('SIGSTOP');
    await watch.becomes(NOT_SERVING, 'silent');
    core.kill('SIGCONT');
    await watch.becomes(SERVING, 'it answers again');
  });

  test('not after its operator has locked it, until he unlocks it', async () => {
    await admin.lock();
    await watch.becomes(NOT_SERVING, 'locked');
    await unlock();
    await watch.becomes(SERVING, 'unlocked');
  });

  test('not when the core is dead, nor when it is back and locked', async () => {
    await endCore();
    await watch.becomes(NOT_SERVING, 'dead');
    const changes = watch.states.length;
    await startCore();
    assert.equal((await client.getSigner({})).locked, true);
    assert.equal(watch.states.length, changes);
    await unlock();
    await watch.becomes(SERVING, 'back');
  });

  test('not after its disk has failed', async () => {
    ({ session } = await client.openSession({}));
    const wal = join(home.config.SIGNER_FOLDER, 'signer.db-wal');
    const gone = once(core, 'exit');
    execFileSync('prlimit', ['--pid', `${core.pid}`, `--fsize=${statSync(wal).size}`], {
      timeout: COMMAND_MS_MAX,
    });
    const wanted = home.others.timeout(1, GENESIS, session);
    await assert.rejects(client.sign(wanted), { message: /the record could not be written/ });
    await watch.becomes(NOT_SERVING, 'its disk failed');
    const [code] = await within('the core to end', gone, CHANGE_MS_MAX);
    assert.equal(code, SERVICE_EXIT.disk);
    await startCore();
    await unlock();
    await watch.becomes(SERVING, 'started again');
    assert.ok((await client.sign(wanted)).signature.length > 0);
  });

  test('not in quarantine, nor after a start in it', async () => {
    const block = blockOn(GENESIS, 2);
    const { view, height } = block.header;
    const good = await home.others.certificate('prepare', block);
    const statement = blockStatement('prepare', view, { height, digest: block.digest });
    const signature = await home.others.signWith(secret, SCHEME, statement);
    const [first, second] = good.signatures;
    assert.ok(first && second);
    const foreign = {
      ...good,
      signatures: [{ ...first, member: toMemberIndex(0), signature }, first, second],
    };
    await putCertificate(client, home.others.scope(session), foreign);
    await watch.becomes(NOT_SERVING, 'quarantined');
    assert.equal((await client.getSigner({})).mode, 'quarantined');
    await endCore();
    const changes = watch.states.length;
    await startCore();
    await unlock();
    assert.equal((await client.getSigner({})).mode, 'quarantined');
    assert.equal(watch.states.length, changes);
  });
});

describe('health of a key that was moved away', () => {
  test('F-41 is NOT_SERVING, in one process too, and its probe says so', async () => {
    await using home = await signerHome(SCHEME);
    const { SIGNER_FOLDER: folder } = home.config;
    await exportHistory({ folder }, join(home.root, 'history.json'));
    const probes = new Probes();
    const signer = await composeSigner(home.config, memoryLogger(), { probes });
    await signer.start();
    const tls = clientTls(home);
    const watch = new HealthWatch(signer.boundAddress(), tls);
    const client = signerClient(signer.boundAddress(), tls);
    try {
      await watch.becomes(NOT_SERVING, 'retired');
      assert.equal((await client.getSigner({})).mode, 'retired');
      assert.deepEqual(watch.states, [NOT_SERVING]);
      assert.match(
        probes.answer('/readyz')?.body ?? '',
        /^\[-\]signs failed: no signature is given: .*retired/m,
      );
      assert.equal(probes.answer('/livez')?.status, 200);
    } finally {
      watch.close();
      client.close();
      await signer.stop();
    }
  });
});
