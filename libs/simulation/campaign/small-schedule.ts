import type { Plan } from '../plan/plan.ts';

/** What of a plan can make trouble: everything but what is empty, zero or off. */
export function smallSchedule(plan: Plan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(plan).filter(([, value]) => {
      if (Array.isArray(value)) return value.length > 0;
      return value !== 0 && value !== false;
    }),
  );
}
