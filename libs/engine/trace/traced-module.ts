import type {
  HostedModule,
  HostedProtocol,
  ProtocolMessage,
} from '#libs/protocol/hosting/hosted-protocol.ts';
import type { StepTrace } from './step-trace.ts';

/** The module of a protocol that reports each input and its results to `trace`, and answers the same. */
export function tracedModule(
  { steps }: Pick<HostedProtocol, 'steps'>,
  module: HostedModule,
  trace: StepTrace,
): HostedModule {
  // A message is judged again once its signatures are verified: it is received once.
  const seen = new WeakSet<ProtocolMessage>();
  return {
    ...module,
    admit(state, from, message) {
      const admission = module.admit(state, from, message);
      if (trace.isWanted() && !seen.has(message)) {
        seen.add(message);
        trace.step(steps.message(message, 'received', from));
        if (!admission.ok) trace.step(steps.refusal(message, from, admission.cause));
      }
      return admission;
    },
    step(before, input) {
      const transition = module.step(before, input);
      if (trace.isWanted()) {
        for (const step of steps.stepped(before, input, transition.state)) trace.step(step);
      }
      return transition;
    },
  };
}
