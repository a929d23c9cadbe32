import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SignerAdmin, signerAdmin } from '#services/signer/socket/admin-client.ts';
import { clientTls, type SignerClient, type SignerHome, signerClient } from '../signer-home.ts';
import { type StartedService, startService, unitCommand } from './hardened.ts';

const BUILD = fileURLToPath(new URL('../../../../deploy/signer/build.ts', import.meta.url));
const BUILD_MS_MAX = 300_000;

/** The program as it is shipped, in a folder of its own. */
export function shippedProgram(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-shipped-'));
  execFileSync(process.execPath, [BUILD, '--out', folder], { timeout: BUILD_MS_MAX });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** How a core is started otherwise than its unit says. */
export interface CoreStart {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of Node before those of the unit. */
  readonly flags?: readonly string[];
  /** A command that starts the core. */
  readonly prefix?: readonly string[];
}

/** A core and its edge by the commands of their units, one client, and one operator. */
export interface HardenedSigner extends AsyncDisposable {
  readonly core: StartedService;
  readonly client: SignerClient;
  readonly admin: SignerAdmin;
  readonly adminSocket: string;
  /** Ends both as systemd does. @returns the exit code of the core. */
  stop(): Promise<number | null>;
}

/** Starts both. Credentials of systemd lie in `credentials` of the home, if there are any. */
export async function hardenedSigner(
  program: string,
  home: SignerHome,
  { env = {}, flags = [], prefix = [] }: CoreStart = {},
): Promise<HardenedSigner> {
  await using held = new AsyncDisposableStack();
  const runtime = join(home.root, 'run');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const [socket, adminSocket] = [join(runtime, 'core.sock'), join(runtime, 'admin.sock')];
  const credentials = join(home.root, 'credentials');
  const places = { program, runtime, state: home.config.SIGNER_FOLDER, credentials };
  const [node = '', ...rest] = unitCommand('core', places);
  const core = await startService([...prefix, node, ...flags, ...rest], {
    SIGNER_CORE_FOLDER: home.config.SIGNER_FOLDER,
    SIGNER_CORE_SOCKET: socket,
    SIGNER_CORE_ADMIN_SOCKET: adminSocket,
    ...env,
  });
  held.defer(async () => void core.child.kill('SIGKILL'));
  const front = await startEdge({ program, runtime, socket }, home);
  held.defer(async () => void front.service.child.kill('SIGKILL'));
  const client = held.adopt(front.client, (open) => open.close());
  const admin = held.adopt(
    signerAdmin(adminSocket, (sentence) => new Error(sentence)),
    (open) => open.close(),
  );
  const kept = held.move();
  return {
    ...{ core, client, admin, adminSocket },
    async stop() {
      await front.service.stop();
      return core.stop();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface EdgePlaces {
  readonly program: string;
  readonly runtime: string;
  readonly socket: string;
}

async function startEdge({ socket, ...places }: EdgePlaces, home: SignerHome) {
  const state = join(home.root, 'tls');
  const tls = clientTls(home);
  writeFileSync(join(state, 'client.crt'), String(tls.certificate));
  const service = await startService(unitCommand('edge', { ...places, state }), {
    SIGNER_EDGE_CORE: socket,
    SIGNER_EDGE_LISTEN: '127.0.0.1:0',
    SIGNER_EDGE_TLS_CA: home.config.SIGNER_TLS_CA,
    SIGNER_EDGE_TLS_CERT: home.config.SIGNER_TLS_CERT,
    SIGNER_EDGE_TLS_KEY: home.config.SIGNER_TLS_KEY,
    SIGNER_EDGE_CLIENT_CERTS: join(state, 'client.crt'),
  });
  return { service, client: signerClient(service.address, tls) };
}
