import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sealKey } from '#services/signer/ceremony/seal-key.ts';
import { passphraseFrom } from '#services/signer/key/passphrase.ts';
import { commandsIn, signerDocument, type Typist } from '#test/support/signer/document-commands.ts';
import { type SignerHome, signerClient, signerHome } from '#test/support/signer/signer-home.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** An emulated machine takes half a minute for the work of a second. */
const STEP_MS_MAX = 900_000;
const MEDIUM = 'medium';

export interface SignerHostOptions {
  /** The command that runs a shell on the machine as root, such as ["ssh", "root@host"]. */
  readonly shell: readonly string[];
  /** Where the edge is reached from here. */
  readonly address: string;
  /** Where the edge listens, seen from the machine. */
  readonly listen: string;
  /** Where this process calls from, seen from the machine. */
  readonly caller: string;
}

/** A machine that may be thrown away, made a signer's host by the commands of isolated-host.md as they stand there. */
export class SignerHost implements AsyncDisposable {
  readonly #options: SignerHostOptions;
  readonly #home: SignerHome;
  readonly #medium: string;

  private constructor(options: SignerHostOptions, home: SignerHome, medium: string) {
    this.#options = options;
    this.#home = home;
    this.#medium = medium;
  }

  /** Makes the medium and takes it to the machine. */
  static async prepared(options: SignerHostOptions): Promise<SignerHost> {
    const medium = mkdtempSync(join(tmpdir(), 'btcfed-medium-'));
    const home = await signerHome('slh-dsa-sha2-128f');
    const passphrase = join(medium, 'passphrase');
    writeFileSync(passphrase, 'seven words that nobody would ever guess', { mode: 0o600 });
    const folder = home.config.SIGNER_FOLDER;
    await sealKey({ folder, newPassphrase: passphraseFrom(passphrase) });
    cpSync(folder, join(medium, 'home', 'signer'), { recursive: true });
    const host = new SignerHost(options, home, medium);
    host.#runHere('checkout');
    host.#runHere('');
    execFileSync(
      join(ROOT, 'node_modules/.bin/node'),
      [
        ...[join(ROOT, 'services/cli/btcfed.mjs'), 'pki', 'issue', '--ca', join(medium, 'ca')],
        ...['--name', 'consensus', '--usage', 'client', '--out', join(medium, 'other')],
      ],
      { timeout: STEP_MS_MAX },
    );
    host.#send();
    return host;
  }

  /** Runs the blocks of one typist on the machine. @returns their output. */
  run(typist: Typist): string {
    return this.shell(commandsIn(this.#document(), typist).join('\n'));
  }

  /** @throws when one of the commands fails. */
  shell(commands: string): string {
    const [command = '', ...args] = this.#options.shell;
    const { status, stdout, stderr } = spawnSync(command, [...args, 'bash -s'], {
      ...{ input: `set -euo pipefail\ncd ${MEDIUM}\n${commands}\n`, encoding: 'utf8' },
      ...{ timeout: STEP_MS_MAX, maxBuffer: 2 ** 26 },
    });
    if (status !== 0) throw new Error(`the machine said ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** One signature through the edge. @returns its length. */
  async sign(view: number, client: 'consensus' | 'other' = 'consensus'): Promise<number> {
    const file = (name: string) => readFileSync(join(this.#medium, name));
    const identity = { certificate: file(`${client}.pem`), key: file(`${client}.key`) };
    const open = signerClient(this.#options.address, { ca: file('ca.pem'), ...identity });
    try {
      const { session } = await open.openSession({});
      const { signature } = await open.sign(await this.#home.others.prepare(view, 0, session));
      return signature.length;
    } finally {
      open.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#home[Symbol.asyncDispose]();
    rmSync(this.#medium, { recursive: true, force: true });
  }

  /** The document, with the addresses of this machine for those of the example. */
  #document(): string {
    const { listen, caller, address } = this.#options;
    const reached = address.slice(0, address.lastIndexOf(':'));
    return signerDocument('isolated-host.md')
      .replaceAll('10.0.0.7:7102', listen)
      .replaceAll('10.0.0.7', reached)
      .replaceAll('10.0.0.2', caller);
  }

  #runHere(typist: '' | 'checkout'): void {
    const btcfed = `btcfed() { "${process.execPath}" "${ROOT}/services/cli/btcfed.mjs" "$@"; }`;
    const npm = `npm() { (cd "${ROOT}" && command npm "\${@:1:3}" --out "${this.#medium}/\${@: -1}"); }`;
    const script = ['set -euo pipefail', btcfed, npm, ...commandsIn(this.#document(), typist)].join('\n');
    execFileSync('bash', ['-c', script], { cwd: this.#medium, timeout: STEP_MS_MAX, stdio: 'pipe' });
  }

  #send(): void {
    const [command = '', ...args] = this.#options.shell;
    const names = [
      'btcfed-signer',
      'home',
      'ca.pem',
      'signer.pem',
      'signer.key',
      'consensus.pem',
      'passphrase',
    ];
    const input = execFileSync('tar', ['cz', ...names], {
      cwd: this.#medium,
      maxBuffer: 2 ** 29,
      timeout: STEP_MS_MAX,
    });
    const take = `rm -rf ${MEDIUM} && mkdir -m 700 ${MEDIUM} && tar xz -C ${MEDIUM}`;
    execFileSync(command, [...args, take], { input, timeout: STEP_MS_MAX });
  }
}
