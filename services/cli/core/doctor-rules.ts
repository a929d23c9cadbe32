/** The known facts about a machine and about a signer's folder on it; undefined: the fact could not be found out. */
export interface MachineFacts {
  readonly process: ProcessFacts;
  readonly cores: number;
  /** Devices that memory is swapped to. */
  readonly swaps: readonly string[] | undefined;
  /** `kernel.yama.ptrace_scope`. */
  readonly ptraceScope: number | undefined;
  /** Whether the kernel sees a memory controller that corrects errors. */
  readonly hasEcc: boolean;
  /** Why OpenSSL reaches no token; undefined: its provider and the module of the token are there. */
  readonly tokenProvider: string | undefined;
  readonly folder: FolderFacts;
}

/** The process that is judged: the core that runs, or, when none answers, the one that asks. */
export interface ProcessFacts {
  /** The pid of the core; undefined: the facts are those of this process. */
  readonly corePid: number | undefined;
  readonly nodeVersion: string;
  readonly opensslVersion: string;
  /** UV_THREADPOOL_SIZE. */
  readonly poolSize: string | undefined;
  /** Soft limit of core dumps, bytes or `unlimited`. */
  readonly coreLimit: string | undefined;
  /** KiB of its memory that lie on swap. */
  readonly swappedKib: number | undefined;
  /** Whether some of its memory can be written and executed. */
  readonly hasWritableCode: boolean | undefined;
}

export interface FolderFacts {
  readonly path: string;
  /** The name that the kernel gives it, such as ext4. */
  readonly fileSystem: string | undefined;
  /** Options that it is mounted with. */
  readonly mountOptions: readonly string[];
  readonly freeBytes: number;
  readonly files: readonly FileFacts[];
  /** Whether record and mirror are on one disk; undefined where one of them is missing. */
  readonly isMirrorBeside: boolean | undefined;
  /** How the key lies there; undefined where there is none. */
  readonly key: 'plain' | 'sealed' | 'token' | undefined;
}

export interface FileFacts {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly isOwn: boolean;
}

export interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'warning' | 'failure';
  readonly found: string;
  /** The remedy; empty when all is well. */
  readonly cure: string;
}

/** A sync of these promises nothing, or promises it to another machine; or their files vanish with the machine. */
const REFUSED_FILE_SYSTEMS = ['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'tmpfs', 'ramfs', 'overlay', 'fuse.sshfs'];
const TRUSTED_FILE_SYSTEMS = ['ext4', 'ext3', 'xfs', 'btrfs', 'zfs', 'f2fs'];
const NODE_MIN = [24, 21] as const;
const OPENSSL_MIN = [3, 5] as const;
const OTHERS_MAY = 0o077;
/** Months of audit rows, and the write-ahead log. */
const FREE_BYTES_MIN = 1_000_000_000;
const POOL_DEFAULT = 4;

const UNSEEN = 'run this command as root, in the same container as the core: it may not see that process';

/** Judges a machine as a home of a signer (services/signer/README.md R13): a failure must be cured, a warning is weighed. */
export function judgeMachine(facts: MachineFacts): readonly Check[] {
  const { folder, process: judged } = facts;
  return [
    whose(judged),
    version('node', judged.nodeVersion, NODE_MIN),
    version('openssl', judged.opensslVersion, OPENSSL_MIN),
    fileSystem(folder),
    barriers(folder),
    ...folder.files.map(fileMode),
    space(folder),
    mirror(folder),
    seal(folder),
    ...tokenProvider(facts),
    swap(facts),
    swapped(judged),
    coreDumps(judged),
    writableCode(judged),
    ptrace(facts),
    ecc(facts),
    pool(facts),
    check('clock', 'ok', 'no decision to sign depends on it', ''),
  ];
}

function check(name: string, verdict: Check['verdict'], found: string, cure: string): Check {
  return { name, verdict, found, cure: verdict === 'ok' ? '' : cure };
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
  return check(name, isEnough ? 'ok' : 'failure', found, `run it with ${major}.${minor} or newer`);
}

function fileSystem({ fileSystem: type, path }: FolderFacts): Check {
  const verdict = verdictOf(type);
  const cure = `move ${path} to a local disk with ext4 or xfs: what is synced there must outlive a power cut`;
  return check('file system', verdict, type ?? 'unknown', cure);
}

function verdictOf(type: string | undefined): Check['verdict'] {
  if (type === undefined) return 'warning';
  if (REFUSED_FILE_SYSTEMS.includes(type)) return 'failure';
  return TRUSTED_FILE_SYSTEMS.includes(type) ? 'ok' : 'warning';
}

function barriers({ mountOptions }: FolderFacts): Check {
  const off = mountOptions.filter((option) => ['nobarrier', 'barrier=0', 'async-unsafe'].includes(option));
  const found = off.length === 0 ? 'on' : off.join(', ');
  return check(
    'write barriers',
    off.length === 0 ? 'ok' : 'failure',
    found,
    'mount without it: a sync must reach the disk',
  );
}

function fileMode({ path, mode, isOwn }: FileFacts): Check {
  const found = `${path} ${mode.toString(8)}`;
  if (!isOwn)
    return check(
      'owner',
      'failure',
      `${path} is of another user`,
      `chown it to the user of the signer: ${path}`,
    );
  const isPrivate = (mode & OTHERS_MAY) === 0;
  return check(
    'mode',
    isPrivate ? 'ok' : 'failure',
    found,
    `chmod go= ${path}, and ask who may have read it`,
  );
}

function space({ freeBytes }: FolderFacts): Check {
  const found = `${Math.floor(freeBytes / 1_000_000)} MB free`;
  return check(
    'space',
    freeBytes >= FREE_BYTES_MIN ? 'ok' : 'warning',
    found,
    'make room: a full disk stops the signer',
  );
}

function mirror({ isMirrorBeside }: FolderFacts): Check {
  if (isMirrorBeside === undefined)
    return check('mirror', 'failure', 'missing', 'without it the key goes into quarantine');
  const found = isMirrorBeside ? 'on the disk of the record' : 'on another disk';
  const cure =
    'set SIGNER_MIRROR_FILE to another disk: a restored snapshot of this one takes the mirror with it';
  return check('mirror', isMirrorBeside ? 'warning' : 'ok', found, cure);
}

function seal({ key }: FolderFacts): Check {
  if (key === undefined) return check('key', 'failure', 'missing', 'put signer.key back');
  const found = { plain: 'not encrypted', sealed: 'encrypted', token: 'in a token' }[key];
  return check('key', key === 'plain' ? 'warning' : 'ok', found, 'run btcfed signer seal');
}

/** The judgement of the token; only for a key that is in one. */
function tokenProvider({ tokenProvider: found, folder }: MachineFacts): readonly Check[] {
  if (folder.key !== 'token') return [];
  const isThere = found === undefined;
  return [
    check('token', isThere ? 'ok' : 'failure', isThere ? 'its module starts' : 'out of reach', found ?? ''),
  ];
}

function swap({ swaps }: MachineFacts): Check {
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
  const cure = `set UV_THREADPOOL_SIZE=${cores + POOL_DEFAULT} before the signer starts`;
  return check('thread pool', size > cores ? 'ok' : 'warning', found, cure);
}
