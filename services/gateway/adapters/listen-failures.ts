/** Why each address that could not be bound was not, by address. */
export type ListenFailures = ReadonlyMap<string, string>;

/** All failures as one sentence part: `/ip4/127.0.0.1/tcp/9000 (the port is in use)`. */
export function listenFailureText(failures: ListenFailures): string {
  return [...failures].map(([address, cause]) => `${address} (${cause})`).join(', ');
}

export const PORT_IN_USE = 'the port is in use';

const CAUSE_BY_CODE: Readonly<Record<string, string>> = {
  EADDRINUSE: PORT_IN_USE,
  EADDRNOTAVAIL: 'this machine does not have the address',
  EACCES: 'binding the port is not allowed',
  EAFNOSUPPORT: 'this machine does not support the address family',
};

export function causeText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return CAUSE_BY_CODE[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
