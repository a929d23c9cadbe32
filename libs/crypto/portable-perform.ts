import {
  slh_dsa_sha2_128f,
  slh_dsa_sha2_128s,
  slh_dsa_sha2_192f,
  slh_dsa_sha2_192s,
  slh_dsa_sha2_256f,
  slh_dsa_sha2_256s,
  slh_dsa_shake_128f,
  slh_dsa_shake_128s,
  slh_dsa_shake_192f,
  slh_dsa_shake_192s,
  slh_dsa_shake_256f,
  slh_dsa_shake_256s,
} from '@noble/post-quantum/slh-dsa.js';
import type { SchemeName } from './parameter-sets.ts';
import type { PortableResult, PortableTask } from './portable-task.ts';

/** The three functions that we use of an implementation. */
interface Implementation {
  keygen(seed: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  sign(
    message: Uint8Array,
    secretKey: Uint8Array,
    options: { readonly context: Uint8Array; readonly extraEntropy?: false },
  ): Uint8Array;
  verify(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
    options: { readonly context: Uint8Array },
  ): boolean;
}

const IMPLEMENTATIONS: Readonly<Record<SchemeName, Implementation>> = {
  'slh-dsa-sha2-128s': slh_dsa_sha2_128s,
  'slh-dsa-sha2-128f': slh_dsa_sha2_128f,
  'slh-dsa-sha2-192s': slh_dsa_sha2_192s,
  'slh-dsa-sha2-192f': slh_dsa_sha2_192f,
  'slh-dsa-sha2-256s': slh_dsa_sha2_256s,
  'slh-dsa-sha2-256f': slh_dsa_sha2_256f,
  'slh-dsa-shake-128s': slh_dsa_shake_128s,
  'slh-dsa-shake-128f': slh_dsa_shake_128f,
  'slh-dsa-shake-192s': slh_dsa_shake_192s,
  'slh-dsa-shake-192f': slh_dsa_shake_192f,
  'slh-dsa-shake-256s': slh_dsa_shake_256s,
  'slh-dsa-shake-256f': slh_dsa_shake_256f,
};

/** Does one task, blocking its thread: up to 16 s for a signature of shake-256s. Clears the secrets it was sent. */
export function performPortableTask(task: PortableTask): PortableResult {
  try {
    return performed(task);
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function performed(task: PortableTask): PortableResult {
  const implementation = IMPLEMENTATIONS[task.scheme];
  switch (task.kind) {
    case 'key-pair': {
      const { publicKey, secretKey } = implementation.keygen(task.seed);
      task.seed.fill(0);
      return { kind: 'key-pair', publicKey, secretKey };
    }
    case 'sign': {
      const { context } = task;
      const options =
        task.signing === 'deterministic' ? ({ context, extraEntropy: false } as const) : { context };
      const signature = implementation.sign(task.message, task.secretKey, options);
      task.secretKey.fill(0);
      return { kind: 'sign', signature };
    }
    case 'verify': {
      const { signature, message, publicKey, context } = task;
      return { kind: 'verify', ok: implementation.verify(signature, message, publicKey, { context }) };
    }
  }
}
