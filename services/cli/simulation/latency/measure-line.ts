import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import { lineThrough, timeOf } from './cpu-samples.ts';
import { FRAME_BYTES, FRAMES } from './frame-sizes.ts';
import { MeasuredGateway } from './measured-gateway.ts';

/** Both gateways are in this process. */
const ENDS = 2;

/** The time that a message from gateway to gateway takes each of the two: framing, encryption, sockets. */
export async function measureLine(): Promise<Pick<WorkCosts, 'lineUs' | 'lineByteNs'>> {
  const [one, other] = [new MeasuredGateway(1), new MeasuredGateway(2)];
  let heard = (): void => {};
  // One after the other, as the messages of a decision come: a burst of them would cost less each.
  const exchange = async (payload: Uint8Array): Promise<void> => {
    for (let sent = 0; sent < FRAMES; sent++) {
      const there = new Promise<void>((resolve) => {
        heard = resolve;
      });
      one.send(other, payload);
      await there;
    }
  };
  const timeFor = async (bytes: number): Promise<{ bytes: number; cpuMs: number }> => {
    const payload = new Uint8Array(bytes).fill(7);
    const { cpuMs } = await timeOf(1, () => exchange(payload));
    return { bytes, cpuMs: cpuMs / FRAMES / ENDS };
  };
  try {
    await Promise.all([one.start(), other.start()]);
    await Promise.all([one.meet(other, () => {}), other.meet(one, () => heard())]);
    const line = lineThrough(await timeFor(FRAME_BYTES.small), await timeFor(FRAME_BYTES.large));
    return { lineUs: line.us, lineByteNs: line.byteNs };
  } finally {
    await Promise.all([one.stop(), other.stop()]);
  }
}
