import type { DiskFacts } from './doctor-disk.ts';

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

export interface FolderFacts extends DiskFacts {
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
