import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { type NoiseCipher, noiseCipher } from './noise-cipher.ts';

/** A member of libp2p's Noise beside its interface; pinned by a test. */
interface NoiseEncrypter {
  crypto: NoiseCipher;
}

/** Members of libp2p's encrypted stream beside its interface; pinned by a test. */
interface NoiseStream {
  readonly handshake: { decrypt(ciphertext: Bytes): Bytes };
  decrypt(ciphertext: Bytes): Bytes;
}

/** A Uint8Array, or libp2p's list of them. */
type Bytes = Parameters<MessageStream['send']>[0];

/** Shorter messages, those of the handshake among them, stay with libp2p, which has them encrypted by WebAssembly. */
const OWN_CIPHER_BYTES_MIN = 1_200;

/**
 * libp2p's Noise, with less work for each message: a cipher that makes its keys once, and no copy of all that is read
 * into memory for the plain text, which Node's cipher does not take. A message that does not decrypt ends the connection
 * as before.
 */
export function frugalNoise(): ReturnType<typeof noise> {
  const factory = noise();
  return (components) => {
    const encrypter = factory(components);
    replaceCipher(encrypter);
    const { secureInbound, secureOutbound } = encrypter;
    encrypter.secureInbound = async (...args) => withoutCopy(await secureInbound.apply(encrypter, args));
    encrypter.secureOutbound = async (...args) => withoutCopy(await secureOutbound.apply(encrypter, args));
    return encrypter;
  };
}

function replaceCipher(encrypter: ConnectionEncrypter): void {
  if (!isNoise(encrypter)) throw new Error('this version of libp2p hides the cipher of Noise');
  const given = encrypter.crypto;
  const own = noiseCipher();
  encrypter.crypto = {
    ...given,
    encrypt: (plaintext, ...args) =>
      (plaintext.byteLength < OWN_CIPHER_BYTES_MIN ? given : own).encrypt(plaintext, ...args),
    decrypt: (ciphertext, ...args) =>
      (ciphertext.byteLength < OWN_CIPHER_BYTES_MIN ? given : own).decrypt(ciphertext, ...args),
  };
}

function withoutCopy<Secured extends { readonly connection: MessageStream }>(secured: Secured): Secured {
  const { connection } = secured;
  if (!isNoiseStream(connection))
    throw new Error('this version of libp2p hides the decryption of a connection');
  connection.decrypt = (ciphertext) => connection.handshake.decrypt(ciphertext);
  return secured;
}

function isNoise(encrypter: ConnectionEncrypter): encrypter is ConnectionEncrypter & NoiseEncrypter {
  return 'crypto' in encrypter;
}

function isNoiseStream(stream: MessageStream): stream is MessageStream & NoiseStream {
  return 'decrypt' in stream && 'handshake' in stream;
}
