// node lint.mjs FILE: what Redocly's linter has to say about an OpenAPI document, one line each.
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    'operation-4xx-response': 'off', // every operation answers errors as `default`, with one envelope for all codes
    'info-license': 'off', // it is the interface of whoever runs the service
  },
});
const problems = await lint({ ref: process.argv[2], config });
for (const problem of problems)
  console.log(`${problem.severity} ${problem.ruleId} ${problem.location[0]?.pointer ?? ''}: ${problem.message}`);
process.exit(problems.length ? 1 : 0);
