import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { metricsListenOf } from '#services/launcher/core/service-environment.ts';
import { SERVICE_NAMES, type ServiceName } from '#services/launcher/core/service-names.ts';
import type { BundlePart } from './bundle-part.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import { webPage } from './web-page.ts';

const PROBES = ['/livez?verbose', '/startupz?verbose', '/readyz?verbose'];

/** The probes and the metrics page of each service. @param facts - Throws where the settings are refused. */
export function pageParts(facts: () => LaunchFacts): readonly BundlePart[] {
  return SERVICE_NAMES.flatMap((service) => [
    {
      name: `probes of ${service}`,
      collect: async () => {
        const place = placeOf(service, facts());
        const answers = await Promise.all(
          PROBES.map(async (path) => probeText(path, await webPage(place, path))),
        );
        return [{ path: `probes/${service}.txt`, text: answers.join('\n') }];
      },
    },
    {
      name: `metrics of ${service}`,
      collect: async () => {
        const { status, text, isCut } = await webPage(placeOf(service, facts()), '/metrics');
        if (status !== 200) throw new Error(`its metrics page has status ${status}`);
        const cut = isCut ? { cut: `the first ${BUNDLE_LIMITS.fileBytesMax} bytes` } : {};
        return [{ path: `metrics/${service}.txt`, text, ...cut }];
      },
    },
  ]);
}

function probeText(
  path: string,
  { status, text }: { readonly status: number; readonly text: string },
): string {
  return `GET ${path}: ${status}\n${text.trimEnd()}\n`;
}

function placeOf(service: ServiceName, facts: LaunchFacts): string {
  const place = metricsListenOf(service, facts);
  if (place === undefined) throw new Error('metrics.enabled of conf.yaml is false: no service has a page');
  return place;
}
