import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{collector,detectors,schemas,dashboards,deploy,exercises,test}/**/*.test.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
