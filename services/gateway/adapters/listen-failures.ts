import type { Transport } from '@libp2p/interface';

/** Why each address that could not be bound was not, by address. */
export type ListenFailures = Map<string, string>;

/** Keeps the cause of every failed bind: libp2p itself either starts without a word or throws one text with all stacks. */
export function recordListenFailures(transport: Transport, failures: ListenFailures): void {
  const createListener = transport.createListener.bind(transport);
  transport.createListener = (options) => {
    const listener = createListener(options);
    const listen = listener.listen.bind(listener);
    listener.listen = async (address) => {
      try {
        await listen(address);
      } catch (error) {
        failures.set(address.toString(), causeText(error));
        throw error;
      }
    };
    return listener;
  };
}

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

function causeText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return CAUSE_BY_CODE[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
