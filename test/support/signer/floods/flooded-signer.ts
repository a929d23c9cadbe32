import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SCHEME_SIZES, type SchemeName } from '#libs/crypto/parameter-sets.ts';
import { keyPin } from '#libs/grpc/caller.ts';
import type { ClientTls } from '#libs/grpc/tls.ts';
import { SignRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import { signerClients } from '#services/cli/adapters/signer-clients.ts';
import { OPERATIONS } from '#services/signer/edge/client-matrix.ts';
import { usualGrants } from '#services/signer/edge/usual-grants.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { killed } from '#test/support/programs/processes.ts';
import { COMPILE_CACHE } from '#test/support/runner/compile-cache.ts';
import { within } from '#test/support/within.ts';
import { clientTls, type SignerClient, type SignerHome, signerClient, signerHome } from '../signer-home.ts';
import { putCertificate } from '../signer-peers.ts';
import { HostileClient } from './hostile-client.ts';
import type { FloodOrder, FloodPlan } from './signer-flooder.ts';

const VIEWS_AHEAD = 8;

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Both halves of a signer as processes, with an honest client, and a hostile one that is allowed all but a session. */
export class FloodedSigner implements AsyncDisposable {
  readonly #home: SignerHome;
  readonly #scheme: SchemeName;
  readonly #honestTls: ClientTls;
  readonly #hostileTls: ClientTls;
  readonly #held = new AsyncDisposableStack();
  #address = '';
  #honest!: SignerClient;
  #session = 0n;
  #view = 0;

  private constructor(home: SignerHome, scheme: SchemeName) {
    this.#home = this.#held.use(home);
    this.#scheme = scheme;
    this.#honestTls = clientTls(home);
    this.#hostileTls = clientTls(home, { commonName: 'liar' });
  }

  static async start(scheme: SchemeName): Promise<FloodedSigner> {
    const signer = new FloodedSigner(await signerHome(scheme), scheme);
    try {
      await signer.#start();
      return signer;
    } catch (error) {
      await signer[Symbol.asyncDispose]();
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }

  /** The next honest statement, which nobody has signed. @returns how long it took, ms. */
  async vote(): Promise<number> {
    this.#view += 1;
    const { others } = this.#home;
    if (this.#view % VIEWS_AHEAD === 0) {
      const proof = await others.certificate('prepare', blockOn(GENESIS, this.#view));
      await putCertificate(this.#honest, others.scope(this.#session), proof);
    }
    const wanted = others.timeout(this.#view, GENESIS, this.#session);
    const startMs = performance.now();
    const { repeatedSignature } = await this.#honest.sign(wanted);
    assert.equal(repeatedSignature, false);
    return performance.now() - startMs;
  }

  /** Another client; or a client with the key of the honest one. */
  flooder(as: 'liar' | 'honest'): HostileClient {
    const tls = as === 'liar' ? this.#hostileTls : this.#honestTls;
    const text = (pem: Buffer | undefined) => (pem ?? Buffer.of()).toString();
    const plan: FloodPlan = {
      address: this.#address,
      tls: { ca: text(tls.ca), certificate: text(tls.certificate), key: text(tls.key) },
      signatureBytes: SCHEME_SIZES[this.#scheme].signature,
    };
    const file = join(this.#home.root, `plan-of-${as}.json`);
    writeFileSync(file, JSON.stringify(plan), { mode: 0o600 });
    return new HostileClient(file, () => this.#statements());
  }

  #statements(): Pick<FloodOrder, 'signed' | 'stale'> {
    const { others } = this.#home;
    const hexOf = (request: SignRequest) => Buffer.from(SignRequest.encode(request).finish()).toString('hex');
    return {
      signed: hexOf(others.timeout(this.#view, GENESIS, this.#session)),
      stale: hexOf(others.timeout(1, blockOn(GENESIS, 1), this.#session)),
    };
  }

  async #start(): Promise<void> {
    const { config, root } = this.#home;
    const matrix = join(root, 'clients.json');
    const pinOf = ({ certificate }: ClientTls) => [keyPin(certificate ?? Buffer.of())];
    // A session would be fenced by the liar's: that is another matter, and leaves a trace.
    const others = OPERATIONS.filter((operation) => operation !== 'session');
    await signerClients.write(matrix, [
      { name: 'consensus', pins: pinOf(this.#honestTls), grants: usualGrants('hotstuff', STATEMENT_WORDS) },
      {
        name: 'liar',
        pins: pinOf(this.#hostileTls),
        grants: usualGrants('hotstuff', STATEMENT_WORDS, others),
      },
    ]);
    const socket = join(root, 'core.sock');
    await this.#half('main-core.ts', {
      SIGNER_CORE_SOCKET: socket,
      SIGNER_CORE_FOLDER: config.SIGNER_FOLDER,
    });
    this.#address = await this.#half('main-edge.ts', {
      SIGNER_EDGE_LISTEN: '127.0.0.1:0',
      SIGNER_EDGE_CORE: socket,
      SIGNER_EDGE_TLS_CA: config.SIGNER_TLS_CA,
      SIGNER_EDGE_TLS_CERT: config.SIGNER_TLS_CERT,
      SIGNER_EDGE_TLS_KEY: config.SIGNER_TLS_KEY,
      SIGNER_EDGE_CLIENTS_FILE: matrix,
    });
    this.#honest = this.#held.adopt(signerClient(this.#address, this.#honestTls), (client) => client.close());
    this.#session = (await this.#honest.openSession({})).session;
  }

  /** Starts a half of the signer, as a process, and returns where it listens. */
  async #half(main: string, settings: Record<string, string>): Promise<string> {
    const child = spawn(process.execPath, [path(`../../../../services/signer/${main}`)], {
      env: { ...COMPILE_CACHE, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#held.adopt(child, killed);
    let bound = '';
    const started = new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { message, address: at } = JSON.parse(line);
        bound = at ?? bound;
        if (message === 'service started') resolve();
      });
      child.once('exit', (code) => reject(new Error(`${main} ended with code ${code}`)));
    });
    await within(`the start of ${main}`, started);
    return bound;
  }
}
