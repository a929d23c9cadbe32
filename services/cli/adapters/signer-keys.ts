import { activatePrepared, prepareInQuarantine } from '#services/signer/ceremony/activate-key.ts';
import { bindSigner, createSignerKey, sealKey } from '#services/signer/ceremony/init.ts';
import { checkPassphraseOf, exportKey, importKey, inspectKey } from '#services/signer/ceremony/move-key.ts';
import { retireKey } from '#services/signer/ceremony/retire-key.ts';
import { abandonRotation, prepareRotation } from '#services/signer/ceremony/rotation.ts';
import { createTokenKey } from '#services/signer/ceremony/token-key-file.ts';
import { preparedKey } from '#services/signer/key/prepared-key.ts';
import type { SignerKeys } from '../ports.ts';

/** The signer's own way of keeping its key: it alone knows what a key file and its record look like. */
export const signerKeys: SignerKeys = { create: createSignerKey, bind: bindSigner, seal: sealKey };

/** A key that moves between programs. */
export const movedKeys = {
  import: importKey,
  export: exportKey,
  inspect: inspectKey,
  checkPassphrase: checkPassphraseOf,
} as const;

/** A key in a token. */
export const tokenKeys = { create: createTokenKey } as const;

/** A key that will follow another. */
export const rotation = {
  ...{ prepare: prepareRotation, prepareInQuarantine, prepared: preparedKey },
  ...{ activate: activatePrepared, abandon: abandonRotation, retire: retireKey },
} as const;
