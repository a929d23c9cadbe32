import { hashCallsOf } from '#libs/crypto/hash-calls.ts';
import { isSchemeName, type SchemeName, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { measureSignatureCost } from '#services/launcher/adapters/signature-cost.ts';
import type { SignatureCost } from '#services/launcher/core/floor.ts';
import type { SetCost } from '../core/host-signatures.ts';

/** All measuring together; the rest of the sets is computed. */
const BUDGET_MS = 1_500;
/** More samples of a fast set: one alone may have met other work. */
const SAMPLES = { samplesMin: 1, budgetMs: 20 };
/** One of each hash family, and the fastest: the others are computed from these. */
const FIRST = ['slh-dsa-sha2-128f', 'slh-dsa-shake-128f'] as const;
/** Work of a measurement in signatures: one to begin with, one that is timed, the key, and some verifications. */
const SIGNATURES_EACH = 2.5;

/** Measures one parameter set; the tests give costs instead. */
export type MeasureSet = (name: SchemeName) => Promise<SignatureCost>;

/**
 * The costs of all parameter sets on one core of this machine, in the order of the standard: as many as fit into a second and
 * a half are measured, the set `own` before others and then the fastest first; the others are computed.
 */
export async function setCosts(
  own: string | undefined,
  measure: MeasureSet = (name) => measureSignatureCost(name, SAMPLES),
): Promise<readonly SetCost[]> {
  const measured = new Map<SchemeName, SignatureCost>();
  let leftMs = BUDGET_MS;
  for (const name of inOrder(own)) {
    const expected = measured.get(baseOf(name)) && computedFrom(measured, name);
    const expectedMs = expected === undefined ? 0 : SIGNATURES_EACH * expected.signMs + 2 * SAMPLES.budgetMs;
    if (expectedMs > leftMs) continue;
    const cost = await measure(name);
    measured.set(name, cost);
    leftMs -= Math.max(expectedMs, SIGNATURES_EACH * cost.signMs);
  }
  return schemeNames().map((scheme) => {
    const cost = measured.get(scheme);
    return { scheme, ...(cost ?? computedFrom(measured, scheme)), isMeasured: cost !== undefined };
  });
}

function inOrder(own: string | undefined): readonly SchemeName[] {
  const rest = schemeNames()
    .filter((name) => !FIRST.some((first) => first === name))
    .toSorted((one, other) => hashCallsOf(one).sign - hashCallsOf(other).sign);
  const mine = own !== undefined && isSchemeName(own) ? [own] : [];
  return [...new Set<SchemeName>([...FIRST, ...mine, ...rest])];
}

function baseOf(name: SchemeName): SchemeName {
  const [sha2, shake] = FIRST;
  return name.includes('shake') ? shake : sha2;
}

/** As many hashes more take as much longer. */
function computedFrom(measured: ReadonlyMap<SchemeName, SignatureCost>, name: SchemeName): SignatureCost {
  const base = baseOf(name);
  const { signMs, verifyMs } = measured.get(base) ?? { signMs: 0, verifyMs: 0 };
  const [own, known] = [hashCallsOf(name), hashCallsOf(base)];
  return { signMs: (signMs * own.sign) / known.sign, verifyMs: (verifyMs * own.verify) / known.verify };
}
