import { threadPoolSize } from '#services/launcher/core/thread-pool.ts';
import { type Check, check } from './doctor-check.ts';
import { judgeFolder } from './doctor-folder.ts';
import type { MachineFacts, ProcessFacts } from './machine-facts.ts';

const NODE_MIN = [24, 21] as const;
const OPENSSL_MIN = [3, 5] as const;
const POOL_DEFAULT = 4;

const UNSEEN = 'run this command as root, in the same container as the core: it may not see that process';

/** Judges a machine as a home of a signer (services/signer/README.md R13): a failure must be cured, a warning is weighed. */
export function judgeMachine(facts: MachineFacts): readonly Check[] {
  const { process: judged } = facts;
  return [
    whose(judged),
    ...judgeVersions(judged),
    ...judgeFolder(facts.folder),
    ...tokenProvider(facts),
    judgeSwap(facts),
    swapped(judged),
    coreDumps(judged),
    writableCode(judged),
    ptrace(facts),
    ecc(facts),
    pool(facts),
    check('clock', 'ok', 'no decision to sign depends on it', ''),
  ];
}

/** Judges the versions that sign and verify. */
export function judgeVersions({
  nodeVersion,
  opensslVersion,
}: Pick<ProcessFacts, 'nodeVersion' | 'opensslVersion'>): readonly Check[] {
  return [version('node', nodeVersion, NODE_MIN), version('openssl', opensslVersion, OPENSSL_MIN)];
}

function whose({ corePid }: ProcessFacts): Check {
  const cure =
    'start the core and give its admin socket (--socket): the limits judged now are those of this command';
  return corePid === undefined
    ? check('process', 'warning', 'no core answers', cure)
    : check('process', 'ok', `the core that runs, ${corePid}`, cure);
}

function version(name: string, found: string, [major, minor]: readonly [number, number]): Check {
  const [is = 0, of = 0] = found.split('.').map((part) => Number.parseInt(part, 10));
  const isEnough = is > major || (is === major && of >= minor);
  return check(
    name,
    isEnough ? 'ok' : 'failure',
    found,
    `run it with ${major}.${minor} or newer: in a checkout "node deploy/local/setup.mjs" installs it`,
  );
}

/** The judgement of the token; only for a key that is in one. */
function tokenProvider({ tokenProvider: found, folder }: MachineFacts): readonly Check[] {
  if (folder.key !== 'token') return [];
  const isThere = found === undefined;
  return [
    check('token', isThere ? 'ok' : 'failure', isThere ? 'its module starts' : 'out of reach', found ?? ''),
  ];
}

/** Judges swap: the content of memory may outlive it on a disk. */
export function judgeSwap({ swaps }: Pick<MachineFacts, 'swaps'>): Check {
  if (swaps === undefined) return check('swap', 'warning', 'unknown', 'see that no memory is swapped');
  const found = swaps.length === 0 ? 'off' : swaps.join(', ');
  return check(
    'swap',
    swaps.length === 0 ? 'ok' : 'warning',
    found,
    'swapoff -a, or MemorySwapMax=0 in the unit',
  );
}

function swapped({ swappedKib }: ProcessFacts): Check {
  const cure = 'lock the key, set MemorySwapMax=0, overwrite the swap, and ask who may have read it';
  if (swappedKib === undefined) return check('memory on swap', 'warning', 'unknown', UNSEEN);
  return check('memory on swap', swappedKib === 0 ? 'ok' : 'failure', `${swappedKib} KiB`, cure);
}

function writableCode({ hasWritableCode }: ProcessFacts): Check {
  const name = 'memory to write and execute';
  const cure = 'run it with --jitless and MemoryDenyWriteExecute=yes, as the unit in deploy/signer does';
  if (hasWritableCode === undefined) return check(name, 'warning', 'unknown', UNSEEN);
  return check(name, hasWritableCode ? 'warning' : 'ok', hasWritableCode ? 'some' : 'none', cure);
}

function coreDumps({ coreLimit }: ProcessFacts): Check {
  const found = coreLimit ?? 'unknown';
  const cure = coreLimit === undefined ? UNSEEN : 'ulimit -c 0, or LimitCORE=0 in the unit';
  return check('core dumps', coreLimit === '0' ? 'ok' : 'warning', found, cure);
}

function ptrace({ ptraceScope }: MachineFacts): Check {
  const found = ptraceScope === undefined ? 'no Yama in this kernel' : String(ptraceScope);
  const isScoped = ptraceScope !== undefined && ptraceScope > 0;
  const cure = 'sysctl kernel.yama.ptrace_scope=2; and run the signer as a user of its own';
  return check('ptrace scope', isScoped ? 'ok' : 'warning', found, cure);
}

function ecc({ hasEcc }: MachineFacts): Check {
  const found = hasEcc ? 'seen' : 'not seen';
  return check(
    'error-correcting memory',
    hasEcc ? 'ok' : 'warning',
    found,
    'one flipped bit can leak a key: use ECC memory',
  );
}

function pool({ process: { poolSize }, cores }: MachineFacts): Check {
  const size = poolSize === undefined ? POOL_DEFAULT : Number(poolSize);
  const found = `${size} threads, ${cores} cores`;
  // No write of the record waits behind signatures, for it is synchronous (services/signer/README.md R2): a thread a core is enough.
  const wanted = threadPoolSize(cores);
  const cure = `set UV_THREADPOOL_SIZE=${wanted} before the signer starts`;
  return check('thread pool', size >= wanted ? 'ok' : 'warning', found, cure);
}
