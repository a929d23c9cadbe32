import { hashCallsOf } from '#libs/crypto/hash-calls.ts';
import { isSchemeName, type SchemeName, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { type CostOptions, measureSignatureCost } from '#services/launcher/adapters/signature-cost.ts';
import type { SignatureCost } from '#services/launcher/core/floor.ts';
import type { SetCost } from '../core/host-signatures.ts';

/** One of each hash family, the fastest: the others are computed from these, so they are measured more carefully. */
const FIRST = ['slh-dsa-sha2-128f', 'slh-dsa-shake-128f'] as const;
const SAMPLES_OF_FIRST: CostOptions = { samplesMin: 5, budgetMs: 100 };
/** More samples of a fast set: one alone may have met other work. */
const SAMPLES: CostOptions = { samplesMin: 1, budgetMs: 20 };
/** Measuring the others, all together; the rest is computed. */
const BUDGET_MS = 1_200;
/** Work of such a measurement in signatures: one to begin with, one that is timed, the key, and some verifications. */
const SIGNATURES_EACH = 2.5;

/** Measures one parameter set. */
export type MeasureSet = (name: SchemeName, samples: CostOptions) => Promise<SignatureCost>;

/**
 * The costs of all parameter sets on one core of this machine, in the order of the standard: as many as fit into the budget
 * are measured, the set `own` before others and then the fastest first; the others are computed.
 */
export async function setCosts(
  own: string | undefined,
  measure: MeasureSet = measureSignatureCost,
): Promise<readonly SetCost[]> {
  const measured = new Map<SchemeName, SignatureCost>();
  for (const name of FIRST) measured.set(name, await measure(name, SAMPLES_OF_FIRST));
  let leftMs = BUDGET_MS;
  for (const name of others(own)) {
    const expectedMs = SIGNATURES_EACH * computedFrom(measured, name).signMs + 2 * SAMPLES.budgetMs;
    if (expectedMs > leftMs) continue;
    const cost = await measure(name, SAMPLES);
    measured.set(name, cost);
    leftMs -= Math.max(expectedMs, SIGNATURES_EACH * cost.signMs);
  }
  return schemeNames().map((scheme) => {
    const cost = measured.get(scheme);
    return { scheme, ...(cost ?? computedFrom(measured, scheme)), isMeasured: cost !== undefined };
  });
}

function others(own: string | undefined): readonly SchemeName[] {
  const rest = schemeNames().toSorted((one, other) => hashCallsOf(one).sign - hashCallsOf(other).sign);
  const mine = own !== undefined && isSchemeName(own) ? [own] : [];
  return [...new Set([...mine, ...rest])].filter((name) => !FIRST.some((first) => first === name));
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
