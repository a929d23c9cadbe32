import { connect } from 'node:tls';
import { parseAddress } from '#libs/grpc/address.ts';
import type { ClientTls } from '#libs/grpc/tls.ts';

/**
 * Whether somebody at the address finishes a TLS handshake in time. gRPC would wait for one without end, and keep the
 * socket, and so the process, also after its client is closed.
 *
 * @throws the reason of `signal` when that fires first.
 */
export function shakesHands(
  address: string,
  { ca, certificate: cert, key, serverName: servername }: ClientTls,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  signal.throwIfAborted();
  const { kind, ...place } = parseAddress(address);
  return new Promise((resolve, reject) => {
    const socket = connect({ ...place, ca, cert, key, servername, allowPartialTrustChain: true });
    const giveUp = (): void => {
      reject(signal.reason);
      socket.destroy();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    socket.setTimeout(withinMs, () => socket.destroy());
    socket.once('error', () => socket.destroy());
    socket.once('secureConnect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('close', () => {
      signal.removeEventListener('abort', giveUp);
      resolve(false);
    });
  });
}
