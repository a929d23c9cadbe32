import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { COMPILE_CACHE } from '#test/support/runner/compile-cache.ts';
import { HOSTS, type HostName } from './host-names.ts';

const ROOT = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '');
const CLI = join(ROOT, 'services/cli/btcfed.mjs');
const PORTS_EACH = 10;

/**
 * The hosts of the book on this one machine: each is a folder, in which its commands are typed, and a range of ports. The text
 * of the book is replaced as deploy/book/README.md says, and in no other way.
 */
export class Hosts implements AsyncDisposable {
  readonly #folder: string;
  readonly #basePort: number;
  readonly #held: AsyncDisposableStack;

  private constructor(folder: string, basePort: number, held: AsyncDisposableStack) {
    this.#folder = folder;
    this.#basePort = basePort;
    this.#held = held;
  }

  static async make(): Promise<Hosts> {
    await using held = new AsyncDisposableStack();
    const folder = held.adopt(mkdtempSync(join(tmpdir(), 'btcfed-book-')), (path) =>
      rmSync(path, { recursive: true, force: true }),
    );
    const { basePort } = held.adopt(await claimPortRegion(), (region) => region.release());
    for (const name of HOSTS) mkdirSync(join(folder, name, 'var/lib'), { recursive: true });
    const made = new Hosts(folder, basePort, held.move());
    for (const name of HOSTS) made.#writePrograms(name);
    return made;
  }

  folderOf(name: HostName): string {
    return join(this.#folder, name);
  }

  envOf(name: HostName): NodeJS.ProcessEnv {
    const { PATH = '' } = process.env;
    return {
      ...COMPILE_CACHE,
      HOME: this.folderOf(name),
      LC_ALL: 'C.UTF-8',
      PATH: `${this.#programsOf(name)}:${PATH}`,
    };
  }

  /** A text of the book as it is on this machine for somebody on that host. */
  here(text: string, name: HostName): string {
    const port = (other: HostName, offset: number): string => String(this.#portOf(other) + offset);
    return HOSTS.reduce(
      (changed, other) =>
        changed
          .replaceAll(`/dns4/${other}.example/tcp/9000`, `/dns4/localhost/tcp/${port(other, 0)}`)
          .replaceAll(
            new RegExp(`\\b${other}\\.example:710(\\d)`, 'g'),
            (_, last) => `127.0.0.1:${port(other, Number(last))}`,
          ),
      text.replaceAll(/\bNAME\b/g, name),
    )
      .replaceAll('/var/lib/btcfed', join(this.folderOf(name), 'var/lib/btcfed'))
      .replaceAll('/home/btcfed', this.folderOf(name))
      .replaceAll('/opt/btcfed', ROOT)
      .replaceAll(/127\.0\.0\.1:710(\d)/g, (_, last) => `127.0.0.1:${port(name, Number(last))}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }

  #portOf(name: HostName): number {
    return this.#basePort + HOSTS.indexOf(name) * PORTS_EACH;
  }

  #programsOf(name: HostName): string {
    return join(this.#folder, 'bin', name);
  }

  /** `btcfed`, which lets a new home share this machine with the others, and `scp` from host to host. */
  #writePrograms(name: HostName): void {
    const port = this.#portOf(name);
    const own = `--listen /ip4/127.0.0.1/tcp/${port} --client-address 127.0.0.1:${port + 1} --signer-address 127.0.0.1:${port + 2} --metrics-address 127.0.0.1:${port + 6}`;
    const programs = {
      btcfed: `case "$* " in init*' --announce '*) set -- "$@" ${own} ;; esac\nexec "${process.execPath}" "${CLI}" "$@"`,
      scp: `to=\${2%%.example:*}; exec cp "$1" "${this.#folder}/$to/\${2#*:}"`,
    };
    mkdirSync(this.#programsOf(name), { recursive: true });
    for (const [program, script] of Object.entries(programs)) {
      const file = join(this.#programsOf(name), program);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    }
  }
}
