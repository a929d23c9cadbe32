import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from '#test/support/within.ts';

const TOOL_MS_MAX = 300_000;
export const TOKEN_PIN = '1234';

const [PROVIDER, SOFTHSM, CLIENT] = [
  process.env['BTCFED_PKCS11_PROVIDER'] ?? globSync('/usr/lib/*/ossl-modules/pkcs11.so').at(0),
  globSync('/usr/lib{/*,}/softhsm/libsofthsm2.so').at(0),
  globSync('/usr/lib{/*,}/pkcs11/p11-kit-client.so').at(0),
];

/** Why there is no token here; false: there is one. */
export const noSoftToken: string | false = whatIsMissing();

function whatIsMissing(): string | false {
  const tools = ['softhsm2-util', 'p11-kit'].filter(
    (tool) => spawnSync('which', [tool], { timeout: TOOL_MS_MAX }).status !== 0,
  );
  const libraries = { 'pkcs11-provider': PROVIDER, softhsm2: SOFTHSM, 'p11-kit-modules': CLIENT };
  const missing = Object.entries(libraries).filter(([, path]) => path === undefined);
  const all = [...tools, ...missing.map(([name]) => name)];
  return all.length === 0 ? false : `NOT TESTED HERE: no token without ${all.join(', ')}`;
}

/** A token in software, which has ECDSA and no SLH-DSA, and a process of its own. */
export interface SoftToken extends AsyncDisposable {
  /** The variables that a process needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts a new P-256 key into it. */
  addKey(label: string, id: string): void;
  /** Pulls the token out: connected processes are cut off. */
  remove(): Promise<void>;
}

/**
 * SoftHSM behind p11-kit: the token and Node each bring an OpenSSL, and two versions of it in one process crash each other.
 */
export async function softToken(): Promise<SoftToken> {
  const base = mkdtempSync(join(tmpdir(), 'btcfed-hsm-'));
  mkdirSync(join(base, 'tokens'));
  const settings = `directories.tokendir = ${join(base, 'tokens')}\nlog.level = ERROR\n`;
  writeFileSync(join(base, 'softhsm2.conf'), settings);
  const env = { ...process.env, SOFTHSM2_CONF: join(base, 'softhsm2.conf') };
  const run = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync('softhsm2-util', args, {
      env,
      encoding: 'utf8',
      timeout: TOOL_MS_MAX,
    });
    if (status !== 0) throw new Error(`softhsm2-util ${args[0]}: ${stderr}`);
  };
  run('--init-token', '--free', '--label', 'btcfed', '--pin', TOKEN_PIN, '--so-pin', '12345678');

  const socket = join(base, 'token.sock');
  const served = ['server', '-f', '--provider', SOFTHSM ?? '', '-n', socket, 'pkcs11:token=btcfed'];
  // Runs in a process group of its own: each connection has a process.
  const server = spawn('p11-kit', served, { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  await within('the token to be served', once(server.stdout, 'data'));
  const remove = async (): Promise<void> => {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    process.kill(-server.pid, 'SIGKILL');
    await within('the token to be gone', gone);
  };
  return {
    env: {
      OPENSSL_CONF: opensslConf(base),
      P11_KIT_SERVER_ADDRESS: `unix:path=${socket}`,
    },
    addKey(label, id) {
      const path = join(base, `${label}-${id}.pem`);
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      run('--import', path, '--label', label, '--id', id, '--token', 'btcfed', '--pin', TOKEN_PIN);
    },
    remove,
    async [Symbol.asyncDispose]() {
      await remove();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Names the provider, and the module of the token, to every OpenSSL that reads it. */
function opensslConf(base: string): string {
  const path = join(base, 'openssl.cnf');
  const sections = [
    'nodejs_conf = init\n[init]\nproviders = all\n[all]\ndefault = builtin\npkcs11 = token',
    `[builtin]\nactivate = 1\n[token]\nmodule = ${PROVIDER}\npkcs11-module-path = ${CLIENT}\nactivate = 1\n`,
  ];
  writeFileSync(path, sections.join('\n'));
  return path;
}
