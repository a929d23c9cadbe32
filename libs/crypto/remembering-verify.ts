import { claimKey, VerifiedCache } from './verified-cache.ts';

type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/**
 * The same verdicts, with Ed25519 signatures that hold verified once while they are remembered.
 * @param capacity - Signatures remembered; the one that was asked for longest ago is forgotten first.
 */
export function rememberingVerify(verify: Verify, capacity: number): Verify {
  const known = new VerifiedCache({ capacity });
  return (publicKey, message, signature) => {
    const claim = claimKey({ scheme: 'ed25519', publicKey, message, signature });
    if (known.has(claim)) return true;
    const holds = verify(publicKey, message, signature);
    if (holds) known.add(claim);
    return holds;
  };
}
