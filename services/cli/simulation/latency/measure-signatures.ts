import { schemeByName } from '#libs/crypto/scheme.ts';
import { claimKey } from '#libs/crypto/verified-cache.ts';
import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import { timeOf } from './cpu-samples.ts';

/** As many bytes as a statement is signed in, about. */
const MESSAGE = new Uint8Array(200).fill(7);
const VERIFICATIONS = 8;
const NAMES = 200;

/** The time that the signatures of a scheme take here. */
export async function measureSignatures(
  name: string,
): Promise<Pick<WorkCosts, 'signMs' | 'verifyMs' | 'claimUs'>> {
  const scheme = schemeByName(name);
  const { publicKey, secretKey } = await scheme.generate();
  const key = scheme.loadKey(secretKey);
  try {
    const signature = await key.sign(MESSAGE);
    const sign = await timeOf(1, () => key.sign(MESSAGE));
    const verify = await timeOf(VERIFICATIONS, () => scheme.verify(publicKey, MESSAGE, signature));
    const claim = { scheme: name, publicKey, message: MESSAGE, signature };
    const naming = await timeOf(NAMES, () => claimKey(claim));
    return { signMs: sign.cpuMs, verifyMs: verify.cpuMs, claimUs: naming.cpuMs * 1_000 };
  } finally {
    key.close();
    secretKey.fill(0);
  }
}
