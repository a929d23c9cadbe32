import { AppError } from '#libs/errors/app-error.ts';

/** Exit codes of a service (sysexits: 70 is EX_SOFTWARE, 74 is EX_IOERR). */
export const SERVICE_EXIT = {
  ok: 0,
  cannotStart: 1,
  crash: 70,
  /** Its disk is full or fails: it works again once the disk does, so a supervisor keeps starting it. */
  disk: 74,
} as const;

export type ServiceExit = (typeof SERVICE_EXIT)[keyof typeof SERVICE_EXIT];

/** Links of a chain of causes that are looked at: nobody makes longer ones. */
const CAUSES_MAX = 8;

/** The exit code for an error: `otherwise`, unless the disk is to blame. */
export function exitAfter(error: unknown, otherwise: ServiceExit): ServiceExit {
  let cause = error;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth++) {
    if (cause instanceof AppError && cause.detail.code === 'DATABASE_DISK') return SERVICE_EXIT.disk;
    cause = cause.cause;
  }
  return otherwise;
}
