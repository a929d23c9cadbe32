import type { Socket } from 'node:net';
import type { MultiaddrConnection } from '@libp2p/interface';

/** Members of libp2p's TCP connection beside its interface; pinned by a test. */
interface TcpConnection {
  readonly socket: Socket;
  sendData(data: Iterable<Uint8Array>): { readonly sentBytes: number; readonly canSendMore: boolean };
}

/**
 * Has all pieces that are handed over at once leave in one system call. A message of Noise is four pieces (its length, a
 * header of yamux, the bytes, the tag); libp2p writes each by itself, and as nothing waits for more (TCP_NODELAY), each
 * is a packet of its own, which wakes the other end to read 2 bytes, 12 or 16.
 */
export function gatherWrites(connection: MultiaddrConnection): void {
  if (!isTcpConnection(connection))
    throw new Error('this version of libp2p hides the socket of a connection');
  const sendData = connection.sendData.bind(connection);
  connection.sendData = (data) => {
    connection.socket.cork();
    try {
      return sendData(data);
    } finally {
      connection.socket.uncork();
    }
  };
}

function isTcpConnection(connection: MultiaddrConnection): connection is MultiaddrConnection & TcpConnection {
  return 'socket' in connection && 'sendData' in connection;
}
