import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsReference, REFERENCE_PAGE } from '#test/support/metrics/metrics-reference.ts';

// Writes the page of all metrics from the code: npm run metrics
writeFileSync(join(import.meta.dirname, '../..', REFERENCE_PAGE), metricsReference());
