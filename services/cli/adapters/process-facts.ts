import { withSignerAdmin } from '#services/launcher/adapters/signer-admin.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import type { ProcessFacts } from '../core/machine-facts.ts';
import { textOfFile } from './text-of-file.ts';

/**
 * The facts of the core behind this socket. Without a socket, or without an answer there, the facts of this process.
 */
export async function processFacts(
  socket: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProcessFacts> {
  const core = socket === undefined ? undefined : await running(socket);
  if (core !== undefined) return core;
  const { versions } = process;
  return {
    corePid: undefined,
    nodeVersion: versions.node,
    opensslVersion: versions.openssl,
    poolSize: env['UV_THREADPOOL_SIZE'],
    ...seenFrom('self'),
  };
}

async function running(socket: string): Promise<ProcessFacts | undefined> {
  try {
    const { pid, nodeVersion, opensslVersion, threadPoolSize } = await withSignerAdmin(socket, (admin) =>
      admin.getProcess(),
    );
    const poolSize = threadPoolSize === '' ? undefined : threadPoolSize;
    return { corePid: pid, nodeVersion, opensslVersion, poolSize, ...seenFrom(String(pid)) };
  } catch (error) {
    if (error instanceof CliError && error.detail.code === 'CLI_UNREACHABLE') return undefined;
    throw error;
  }
}

/**
 * The kernel's facts about a process. The pid of a core in another namespace belongs to another process here, or to
 * none.
 */
function seenFrom(pid: string): Pick<ProcessFacts, 'coreLimit' | 'swappedKib' | 'hasWritableCode'> {
  const isNode = /node/.test(textOfFile(`/proc/${pid}/cmdline`) ?? '');
  const read = (name: string): string | undefined =>
    isNode ? textOfFile(`/proc/${pid}/${name}`) : undefined;
  const swapped = /^VmSwap:\s+(\d+) kB/m.exec(read('status') ?? '')?.[1];
  const maps = read('maps');
  return {
    coreLimit: /^Max core file size\s+(\S+)/m.exec(read('limits') ?? '')?.[1],
    swappedKib: swapped === undefined ? undefined : Number(swapped),
    // A core that another user runs may be seen, and its maps are empty for us.
    hasWritableCode: maps === undefined || maps === '' ? undefined : /^\S+ .?wx/m.test(maps),
  };
}
