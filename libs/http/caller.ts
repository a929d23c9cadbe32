import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { toHex } from '#libs/bytes/hex.ts';
import { peerKeyOf } from './own-certificate.ts';
import type { HttpCaller } from './route.ts';

/** The caller behind a request. */
export function httpCallerOf(request: FastifyRequest): HttpCaller {
  const { socket } = request.raw;
  const publicKey = socket instanceof TLSSocket ? keyOf(socket) : undefined;
  return { publicKey, address: socket.remoteAddress ?? '' };
}

/** A certificate is read once for each connection. */
const keys = new WeakMap<TLSSocket, { readonly key: Uint8Array | undefined }>();

function keyOf(socket: TLSSocket): Uint8Array | undefined {
  const known = keys.get(socket);
  if (known !== undefined) return known.key;
  const key = peerKeyOf(socket);
  keys.set(socket, { key });
  return key;
}

/** By what the requests of a caller are counted: its key, or else its address. */
export function nameOfCaller(request: FastifyRequest): string {
  const { publicKey, address } = httpCallerOf(request);
  return publicKey === undefined ? address : toHex(publicKey);
}
