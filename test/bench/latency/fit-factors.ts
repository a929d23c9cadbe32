/** The work of cores of a decision as the model has it, and as it was measured on real nodes of the same machine. */
export interface FittedPoint {
  readonly members: number;
  /** With both factors 1; and what one more of each factor adds. */
  readonly baseMs: number;
  readonly messagesMs: number;
  readonly bytesMs: number;
  readonly realMs: number;
}

export interface Factors {
  readonly messageFactor: number;
  readonly byteFactor: number;
}

/** As fine as what is measured says anything. */
const STEP = 0.1;
const FACTOR_MAX = 40;

/**
 * The factors by which the model comes nearest to all points, by the sum of squared relative errors. Neither is below 1: no node
 * takes less than its parts. All of a grid are tried, for there are few.
 */
export function fitFactors(points: readonly FittedPoint[]): Factors {
  let best: Factors = { messageFactor: 1, byteFactor: 1 };
  let least = errorOf(points, best);
  const steps = Math.round((FACTOR_MAX - 1) / STEP);
  for (let message = 0; message <= steps; message++) {
    for (let byte = 0; byte <= steps; byte++) {
      const factors = { messageFactor: factorAt(message), byteFactor: factorAt(byte) };
      const error = errorOf(points, factors);
      if (error < least) [best, least] = [factors, error];
    }
  }
  return best;
}

export function modelledMs(
  { baseMs, messagesMs, bytesMs }: Omit<FittedPoint, 'realMs' | 'members'>,
  { messageFactor, byteFactor }: Factors,
): number {
  return baseMs + (messageFactor - 1) * messagesMs + (byteFactor - 1) * bytesMs;
}

function errorOf(points: readonly FittedPoint[], factors: Factors): number {
  return points.reduce((sum, point) => sum + (modelledMs(point, factors) / point.realMs - 1) ** 2, 0);
}

function factorAt(step: number): number {
  return Math.round((1 + step * STEP) * 10) / 10;
}
