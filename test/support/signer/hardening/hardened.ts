import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from '#test/support/within.ts';

const UNITS = fileURLToPath(new URL('../../../../deploy/signer/', import.meta.url));
const PROBE_MS_MAX = 300_000;
/** Generous: the machine may be busy, and strace makes a start several times as long. */
const START_MS_MAX = 300_000;

/** PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN: the same as MemoryDenyWriteExecute=yes, for one process (Linux 6.3). */
const DENY_WRITE_EXECUTE = {
  perl: ['-e', 'syscall(157, 65, 1, 0, 0, 0) == 0 or die; exec @ARGV or die'],
  python3: [
    '-c',
    'import ctypes,os,sys; ctypes.CDLL(None).prctl(65,1,0,0,0)==0 or sys.exit(9); os.execv(sys.argv[1],sys.argv[1:])',
  ],
} as const;

/** A command that denies itself memory that is written and executed, and then becomes another; undefined: none here. */
export function denyingWriteExecute(): readonly string[] | undefined {
  for (const [command, args] of Object.entries(DENY_WRITE_EXECUTE)) {
    if (command === 'perl' && process.arch !== 'x64') continue; // The number of the system call is that of x64.
    const probe = spawnSync(command, [...args, '/bin/true'], { timeout: PROBE_MS_MAX });
    if (probe.status === 0) return [command, ...args];
  }
  return undefined;
}

/** Where the parts of a unit lie here. */
export interface UnitPlaces {
  /** For /opt/btcfed-signer. */
  readonly program: string;
  /** %S/btcfed-signer, the state; %E/btcfed-signer-edge, the settings of the edge. */
  readonly state: string;
  /** %t/btcfed-signer: the socket. */
  readonly runtime: string;
  /** %d, the folder of credentials that systemd gives the core; left out: the state. */
  readonly credentials?: string;
}

/** The command of a shipped unit, word by word, with other paths. */
export function unitCommand(
  unit: 'core' | 'edge',
  { program, state, runtime, credentials = state }: UnitPlaces,
): readonly string[] {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(unitText(unit)) ?? [];
  return line
    .replaceAll('/opt/btcfed-signer/node', process.execPath)
    .replaceAll('/opt/btcfed-signer', program)
    .replaceAll(/%[SE]\/btcfed-signer(?:-edge)?/g, state)
    .replaceAll('%t/btcfed-signer', runtime)
    .replaceAll('%d', credentials)
    .split(' ');
}

export function unitText(unit: 'core' | 'edge'): string {
  return readFileSync(`${UNITS}btcfed-signer-${unit}.service`, 'utf8');
}

/** A service that has logged its start, with the address that it listens on. */
export interface StartedService {
  readonly child: ChildProcess;
  readonly address: string;
  /** All that it wrote to its standard error. */
  stderr(): string;
  stop(): Promise<number | null>;
}

export async function startService(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<StartedService> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { UV_USE_IO_URING: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const exit = once(child, 'exit').then(([code]): number | null => code);
  let address = '';
  const started = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { message, address: bound } = JSON.parse(line);
      address = bound ?? address;
      if (message === 'service started') resolve();
    });
    void exit.then((code) => reject(new Error(`it ended with code ${code}: ${stderr}`)));
  });
  await within(`${args.at(-1)} to start`, started, START_MS_MAX);
  return {
    child,
    address,
    stderr: () => stderr,
    stop: async () => {
      child.kill('SIGTERM');
      return within(`${args.at(-1)} to stop`, exit);
    },
  };
}
