// The version of this program, as its package says.

import { createRequire } from 'node:module'

// `#package` leads to package.json from the sources and from the compiled output alike.
const { version } = createRequire(import.meta.url)('#package') as { version: string } // our own package.json

export { version }
