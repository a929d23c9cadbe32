/** How every `btcfed` command ends. Scripts may rely on these numbers; the README explains them. */
export const EXIT_CODES = {
  /** Done as asked. */
  ok: 0,
  /** Refused or failed; one sentence on stderr says why. */
  failed: 1,
  /** The member answered, but the requested thing is not there, or not yet: an unknown or pending transaction. */
  notThere: 2,
  /** No answer from the member: not running, another address, or no TLS where it wants it. */
  unreachable: 3,
  /** The member answers, and reaches too few others to decide: no block becomes final. */
  noQuorum: 4,
  /** The member or the signer signs nothing: halted, locked, in quarantine, retired, or not running. */
  signsNothing: 5,
  /** A command line that cannot be read, or an input of `btcfed crypto` that cannot be used (sysexits EX_USAGE). Nothing was done. */
  usage: 64,
  /** A mistake of ours (sysexits EX_SOFTWARE); the stack is on stderr. */
  crash: 70,
  /** Stopped by Ctrl-C (128 + SIGINT) before the work was done. */
  interrupted: 130,
  /** Stopped by SIGTERM (128 + SIGTERM) before the work was done. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
