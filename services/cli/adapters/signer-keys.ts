import { bindSigner, createSignerKey, sealKey } from '#services/signer/init.ts';
import type { SignerKeys } from '../ports.ts';

/** The signer's own way of keeping its key: it alone knows what a key file and its record look like. */
export const signerKeys: SignerKeys = { create: createSignerKey, bind: bindSigner, seal: sealKey };
