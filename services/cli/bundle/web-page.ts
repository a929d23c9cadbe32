import { type LocalPage, localPage } from '#services/launcher/adapters/local-page.ts';
import { BUNDLE_LIMITS } from './limits.ts';

/** Reads a page of a service of this machine, as much of it as a bundle takes. @throws when nobody answers in time. */
export function webPage(place: string, path: string): Promise<LocalPage> {
  const { pageMs: waitMsMax, fileBytesMax: bytesMax } = BUNDLE_LIMITS;
  return localPage(place, path, { waitMsMax, bytesMax });
}
