import type { Caller } from '#libs/grpc/caller.ts';

/** A caller without a certificate. */
export function callerAt(owner: string, connection = `${owner}:50000`): Caller {
  return { kind: 'address', owner, connection };
}

export const anybody: Caller = callerAt('192.0.2.1');
