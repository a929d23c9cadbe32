import type { Plan } from '../plan/plan.ts';

/** The part of a plan that can make trouble: all entries that are not empty, zero or off. */
export function smallSchedule(plan: Plan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(plan).filter(([, value]) => {
      if (Array.isArray(value)) return value.length > 0;
      return value !== 0 && value !== false;
    }),
  );
}
