import type { ProbeCheck } from '#libs/service/probes.ts';

/** The condition of a signer that is ready, as health has it. */
export function signsWhile(isServing: () => boolean): ProbeCheck {
  const fault =
    'no signature is given: the key is locked, in quarantine or retired, or the core is gone; btcfed signer status says which';
  return { name: 'signs', fault: () => (isServing() ? '' : fault) };
}
