import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  denyingWriteExecute,
  type StartedService,
  startService,
  unitCommand,
  unitText,
} from '#test/support/signer/hardening/hardened.ts';
import { allowingOnly } from '#test/support/signer/hardening/seccomp-loader.ts';
import { clientTls, type SignerHome, signerClient, signerHome } from '#test/support/signer/signer-home.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const BUILD_MS_MAX = 300_000;
const TOOL_MS_MAX = 300_000;
const isThere = (command: string): boolean =>
  spawnSync(command, ['--version'], { timeout: TOOL_MS_MAX }).status === 0;

/** Calls that nobody is refused for want of rights, when all arguments are 0: so it is the list that refuses them. */
const REFUSED_CALLS = { ptrace: 101, unshare: 272, process_vm_readv: 310, keyctl: 250, kill: 62 };

const MDWE = denyingWriteExecute();
const SECCOMP: {
  readonly defaultErrnoRet: number;
  readonly syscalls: readonly { readonly names: readonly string[] }[];
} = JSON.parse(readFileSync(here('seccomp.json'), 'utf8'));

describe('the hardened signer, by the commands of its units', () => {
  const base = mkdtempSync(join(tmpdir(), 'btcfed-hardened-'));
  const program = join(base, 'program');
  const runtime = join(base, 'run');
  let home: SignerHome;
  before(async () => {
    execFileSync(process.execPath, [here('build.ts'), '--out', program], { timeout: BUILD_MS_MAX });
    mkdirSync(runtime);
    home = await signerHome('slh-dsa-sha2-128f');
  });
  after(async () => {
    await home[Symbol.asyncDispose]();
    rmSync(base, { recursive: true, force: true });
  });

  const socket = join(runtime, 'core.sock');
  const coreEnv = () => ({
    SIGNER_CORE_FOLDER: home.config.SIGNER_FOLDER,
    SIGNER_CORE_SOCKET: socket,
    SIGNER_CORE_SOCKET_ACCESS: 'group',
  });
  const core = (prefix: readonly string[] = [], env: Record<string, string> = {}) => {
    const command = unitCommand('core', { program, runtime, state: home.config.SIGNER_FOLDER });
    return startService([...prefix, ...command], { ...coreEnv(), ...env });
  };
  const edge = async (pinned: string, prefix: readonly string[] = []) => {
    const tls = join(home.root, 'tls');
    writeFileSync(join(tls, 'client.crt'), pinned);
    return startService([...prefix, ...unitCommand('edge', { program, runtime, state: tls })], {
      SIGNER_EDGE_CORE: socket,
      SIGNER_EDGE_LISTEN: '127.0.0.1:0',
      SIGNER_EDGE_TLS_CA: home.config.SIGNER_TLS_CA,
      SIGNER_EDGE_TLS_CERT: home.config.SIGNER_TLS_CERT,
      SIGNER_EDGE_TLS_KEY: home.config.SIGNER_TLS_KEY,
      SIGNER_EDGE_CLIENT_CERTS: join(tls, 'client.crt'),
    });
  };

  /** Starts both, has them sign once, and stops them. */
  async function signsOnce(
    view: number,
    prefixes: { core?: readonly string[]; edge?: readonly string[] } = {},
  ) {
    const running = await core(prefixes.core);
    try {
      await signThrough(view, running, prefixes.edge);
    } finally {
      assert.equal(await running.stop(), 0);
    }
  }

  async function signThrough(view: number, running: StartedService, edgePrefix: readonly string[] = []) {
    const tls = clientTls(home);
    const front = await edge(String(tls.certificate), edgePrefix);
    const client = signerClient(front.address, tls);
    try {
      const { session } = await client.openSession({});
      const { signature } = await client.sign(await home.others.prepare(view, 0, session));
      assert.equal(signature.length, 17_088);
      assert.equal(statSync(socket).mode & 0o777, 0o660);
      // A debugger would say where it listens.
      process.kill(running.child.pid ?? 0, 'SIGUSR1');
      assert.equal((await client.getSigner({})).mode, 'active');
      assert.doesNotMatch(running.stderr(), /Debugger/);
    } finally {
      client.close();
      await front.stop();
    }
  }

  test('signs without compiling code at run time, within the permissions of Node', async () => {
    await signsOnce(1);
  });

  test('signs with memory that is never both written and executed', {
    skip:
      MDWE === undefined &&
      'NOT TESTED HERE: neither perl nor python3 can ask this kernel for it (Linux 6.3)',
  }, async () => {
    const prefix = MDWE ?? [];
    // The same command without --jitless cannot run, so the restriction is in force.
    const [command = '', ...args] = [...prefix, process.execPath, '-e', '1'];
    assert.notEqual(spawnSync(command, args, { timeout: TOOL_MS_MAX }).status, 0);
    await signsOnce(2, { core: prefix, edge: prefix });
  });

  test('makes no system call that the list for containers does not allow', {
    skip: !isThere('strace') && 'NOT TESTED HERE: strace is missing',
  }, async () => {
    const allowed = new Set(SECCOMP.syscalls.flatMap(({ names }) => names));
    const traces = { core: join(base, 'core.trace'), edge: join(base, 'edge.trace') };
    // The one call that is refused on purpose: libuv tries it, and does without.
    const denied = ['-e', 'inject=io_uring_setup:error=EPERM'];
    const traced = (path: string) => ['strace', '-D', '-f', '-qq', ...denied, '-o', path];
    await signsOnce(3, { core: traced(traces.core), edge: traced(traces.edge) });
    for (const [half, path] of Object.entries(traces)) {
      const calls = [...readFileSync(path, 'utf8').matchAll(/^\d+ +(?<name>[a-z0-9_]+)\(/gm)];
      const made = new Set(calls.map(({ groups }) => groups?.['name'] ?? ''));
      assert.ok(made.size > 20, `${half} made ${made.size} kinds of calls`);
      assert.deepEqual(
        [...made].filter((name) => !allowed.has(name) && name !== 'io_uring_setup'),
        [],
        half,
      );
    }
  });

  const listed = allowingOnly(
    SECCOMP.syscalls.flatMap(({ names }) => names),
    SECCOMP.defaultErrnoRet,
  );
  const noLoader =
    listed === undefined && 'NOT TESTED HERE: this kernel takes no seccomp filter from perl on x64';
  test('signs while the kernel refuses every call that the list does not allow', {
    skip: noLoader,
  }, async () => {
    const prefix = listed ?? [];
    await signsOnce(5, { core: prefix, edge: prefix });
  });

  for (const [name, number] of Object.entries(REFUSED_CALLS)) {
    test(`the list refuses ${name}`, { skip: noLoader }, () => {
      const [command = '', ...args] = listed ?? [];
      const probe = `$! = 0; syscall(${number}, 0, 0, 0, 0, 0); exit($! + 0)`;
      const { status } = spawnSync(command, [...args, 'perl', '-e', probe], { timeout: TOOL_MS_MAX });
      assert.equal(status, SECCOMP.defaultErrnoRet);
      const unfiltered = spawnSync('perl', ['-e', probe], { timeout: TOOL_MS_MAX });
      assert.notEqual(unfiltered.status, SECCOMP.defaultErrnoRet);
    });
  }

  test('reads nothing outside of its folders', async () => {
    await assert.rejects(
      core([], { SIGNER_CORE_FOLDER: home.root }),
      /ended with code 1: .*(?:cannot be opened|denied|restricted)/s,
    );
  });
});

describe('the units of the signer', () => {
  test('ask for no dump, no swap of the core, no network of it, no right and no memory to execute', () => {
    for (const setting of [
      ...['LimitCORE=0', 'MemorySwapMax=0', 'PrivateNetwork=yes', 'RestrictAddressFamilies=AF_UNIX'],
      ...[
        'MemoryDenyWriteExecute=yes',
        'NoNewPrivileges=yes',
        'CapabilityBoundingSet=',
        'ProtectSystem=strict',
      ],
      ...['StateDirectoryMode=0700', 'UMask=0077', 'ProtectProc=invisible', 'PrivateDevices=yes'],
    ]) {
      assert.match(unitText('core'), new RegExp(`^${setting}$`, 'm'), setting);
    }
    for (const unit of ['core', 'edge'] as const) {
      for (const flag of ['--jitless', '--permission', '--disable-sigusr1']) {
        assert.ok(unitText(unit).includes(` ${flag} `), `${unit} ${flag}`);
      }
      assert.doesNotMatch(unitText(unit), /inspect|allow-child-process|allow-worker|allow-addons/);
    }
    for (const unit of ['core', 'edge'] as const)
      assert.match(unitText(unit), /^Environment=UV_USE_IO_URING=0$/m);
    assert.ok(unitText('core').includes(' --disallow-code-generation-from-strings '));
  });

  test("SIG-18 are as strict with a key in a token, but for OpenSSL's store", () => {
    const dropIn = readFileSync(here('token.conf'), 'utf8');
    const command = (text: string): string =>
      /^ExecStart=(?<command>.+)$/m.exec(text)?.groups?.['command'] ?? '';
    assert.equal(
      command(dropIn),
      command(unitText('core')).replace('--permission ', '--permission --allow-openssl-store '),
    );
    assert.match(dropIn, /^RestartPreventExitStatus=1$/m);
    assert.doesNotMatch(dropIn, /^(?:PrivateDevices|DeviceAllow|PrivateNetwork|MemoryDenyWriteExecute)=/m);
  });

  const skip = !isThere('systemd-analyze') && 'NOT TESTED HERE: systemd-analyze is missing';
  for (const [unit, exposureMax] of [
    ['core', 0.5],
    ['edge', 1.5],
  ] as const) {
    test(`are sound, and expose ${exposureMax} of 10 at most: ${unit}`, { skip }, () => {
      const file = here(`btcfed-signer-${unit}.service`);
      const verified = spawnSync('systemd-analyze', ['verify', file], {
        encoding: 'utf8',
        timeout: TOOL_MS_MAX,
      });
      const complaints = verified.stderr
        .split('\n')
        .filter((line) => line.includes('btcfed-signer') && !isElsewhere(line));
      assert.deepEqual(complaints, []);
      const args = ['security', '--offline=yes', '--no-pager', file];
      const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8', timeout: TOOL_MS_MAX });
      const [, exposure] = /exposure level for \S+: (?<level>[\d.]+)/.exec(stdout) ?? [];
      assert.ok(Number(exposure) <= exposureMax, `${exposure}`);
    });
  }
});

/** The program and the documents lie there on the host that signs. */
function isElsewhere(line: string): boolean {
  return line.includes('/opt/btcfed-signer/node is not executable');
}
