import type { StoppableTracer } from './tracer.ts';

/** The tracer of a service that no collector is configured for: nothing is recorded, and no code of OpenTelemetry loaded. */
export const absentTracer: StoppableTracer = {
  isOn: false,
  isRecorded: () => false,
  nowMs: () => 0,
  newSpanId: () => '',
  ended: () => {},
  leftOut: () => {},
  stop: async () => {},
};
