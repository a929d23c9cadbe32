import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardFiles } from './boards/dashboard-files.ts';

// Writes the dashboards for Grafana: npm run dashboards
for (const [name, text] of dashboardFiles())
  writeFileSync(join(import.meta.dirname, 'dashboards', name), text);
