import { tcp } from '@libp2p/tcp';
import { TCP_CONNECT_TIMEOUT_MS } from '../core/connection-limits.ts';

/** Why each address that could not be bound was not, by address. */
export type ListenFailures = Map<string, string>;

/** `timeout` reaches `net.connect`, although libp2p's type does not name it; it ends with the connect. */
const DIAL_OPTIONS = { noDelay: true, timeout: TCP_CONNECT_TIMEOUT_MS };

type TcpFactory = ReturnType<typeof tcp>;

/**
 * libp2p's TCP transport, with the cause of every failed bind kept: libp2p itself either starts without a word or
 * throws one text with the stack traces of all.
 */
export function recordingTcp(failures: ListenFailures): TcpFactory {
  const factory = tcp({ dialOpts: DIAL_OPTIONS });
  return (components) => {
    const transport = factory(components);
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
    return transport;
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
